import { parseTopic, type Topic } from '@fanari/contracts'

/** Reads topic names, remembering those seen: a device uses the same few for ever. Unreadable names are not remembered. */
export const createTopicCache = (limit: number): ((name: string) => Topic | null) => {
  const known = new Map<string, Topic>()
  return (name) => {
    const remembered = known.get(name)
    if (remembered !== undefined) return remembered
    const topic = parseTopic(name)
    if (topic === null) return null
    if (known.size >= limit) known.clear()
    known.set(name, topic)
    return topic
  }
}
