/** Where the parts of a PUBLISH lie in a chunk: indices of their first bytes, and the one behind its last. */
export interface PublishParts {
  topic: number
  messageId: number
  payload: number
  end: number
}

/** QoS 1, with or without DUP and RETAIN (MQTT 3.1.1 figure 3.10). */
const qos1Publish = 0x32
const dupAndRetain = 0x09

/**
 * Finds the parts of the QoS 1 PUBLISH that begins at `start`. Answers false when there is none, or not all of it, or when it is not
 * well-formed: then `parts` means nothing.
 *
 * @param parts filled in place, for this is called for every reading
 */
export const findPublishParts = (chunk: Buffer, start: number, parts: PublishParts): boolean => {
  if (start >= chunk.length || ((chunk[start] as number) & ~dupAndRetain) !== qos1Publish) return false
  let length = 0
  let at = start + 1
  for (let shift = 0; ; shift += 7) {
    // The remaining length has four bytes at most (section 2.2.3).
    if (shift === 28 || at >= chunk.length) return false
    const byte = chunk[at++] as number
    length |= (byte & 0x7f) << shift
    if (byte < 0x80) break
  }
  const end = at + length
  if (end > chunk.length || at + 2 > end) return false
  parts.topic = at + 2
  parts.messageId = parts.topic + (((chunk[at] as number) << 8) | (chunk[at + 1] as number))
  parts.payload = parts.messageId + 2
  parts.end = end
  return parts.payload <= end
}
