import { Buffer } from 'node:buffer'
import { closeSync, openSync, readSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { syncFolder } from './file.ts'
import type { LatestAt } from './latest-at.ts'
import { createLru } from './lru.ts'
import { emptyRows, type Rows } from './rows.ts'
import type { GrowingIndex, SegmentIndex } from './segment-index.ts'

/*
 * The index of a sealed segment, little endian:
 *
 *   header     magic, sizes, span of times; with its own CRC-32
 *   directory  marks (u32 each), one fixed-size slot a key sorted by key, the keys' text; with its own CRC-32
 *   rows       20 bytes each, key after key: at f64, seq f64, offset u32
 *
 * A slot also holds the latest `at` of that device in the whole journal up to here, so that a start reads one directory and not all.
 * Rows carry no checksum: each leads to a frame that has one.
 */
const magic = Buffer.from('FANIDX1\n', 'latin1')
const headerBytes = 72
const slotBytes = 24
const rowBytes = 20

/** What the header tells of a sealed segment. */
export interface IndexHeader {
  segmentBytes: number
  count: number
  minAt: number
  maxAt: number
  lastReceivedAt: number
  markCount: number
  keyCount: number
  directoryBytes: number
  directoryCrc: number
}

/** Writes the index beside its segment and returns once it is durable; a crash leaves the old file or the new one. */
export const writeIndexFile = async (
  path: string,
  segment: { bytes: number; count: number },
  index: GrowingIndex,
  latest: LatestAt,
): Promise<void> => {
  const contents = encodeIndex(segment, index, latest)
  const draft = `${path}.draft`
  const handle = await open(draft, 'w')
  try {
    await handle.writeFile(contents)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, path)
  await syncFolder(dirname(path))
}

const encodeIndex = (segment: { bytes: number; count: number }, index: GrowingIndex, latest: LatestAt): Buffer => {
  const rowsByKey = new Map(index.entries())
  const keys = [...new Set([...rowsByKey.keys(), ...latest.keys()])].sort()
  const { marks } = index
  const slotsStart = marks.length * 4
  const textStart = slotsStart + keys.length * slotBytes
  const directory = Buffer.alloc(textStart + keys.reduce((bytes, key) => bytes + key.length, 0))
  for (const [mark, offset] of marks.entries()) directory.writeUInt32LE(offset, mark * 4)
  const rowCount = [...rowsByKey.values()].reduce((count, rows) => count + rows.at.length, 0)
  const rowTable = Buffer.allocUnsafe(rowCount * rowBytes)
  const view = new DataView(rowTable.buffer, rowTable.byteOffset)

  let text = textStart
  let row = 0
  for (const [number, key] of keys.entries()) {
    const rows = rowsByKey.get(key) ?? emptyRows()
    const slot = slotsStart + number * slotBytes
    directory.writeUInt32LE(text, slot)
    directory.writeUInt32LE(row, slot + 4)
    directory.writeUInt32LE(rows.at.length, slot + 8)
    directory.writeUInt32LE(key.length, slot + 12)
    directory.writeDoubleLE(latest.of(key), slot + 16)
    text += directory.write(key, text, 'latin1')
    for (let place = 0; place < rows.at.length; place += 1, row += 1) {
      view.setFloat64(row * rowBytes, rows.at[place] as number, true)
      view.setFloat64(row * rowBytes + 8, rows.seq[place] as number, true)
      view.setUint32(row * rowBytes + 16, rows.offset[place] as number, true)
    }
  }

  const header = Buffer.alloc(headerBytes)
  magic.copy(header)
  header.writeUInt32LE(marks.length, 12)
  header.writeUInt32LE(keys.length, 16)
  header.writeUInt32LE(directory.length, 20)
  header.writeUInt32LE(crc32(directory), 24)
  header.writeUInt32LE(segment.count, 28)
  header.writeDoubleLE(segment.bytes, 32)
  header.writeDoubleLE(index.minAt, 40)
  header.writeDoubleLE(index.maxAt, 48)
  header.writeDoubleLE(index.lastReceivedAt, 56)
  header.writeUInt32LE(crc32(header.subarray(12)), 8)
  return Buffer.concat([header, directory, rowTable])
}

/** Reads an index file's header; `null` when there is no such file or it is damaged: the index is then built anew from its segment. */
export const readIndexHeader = (path: string): IndexHeader | null => {
  let header: Buffer
  try {
    header = readPart(path, 0, headerBytes)
  } catch {
    return null
  }
  if (!header.subarray(0, 8).equals(magic) || header.readUInt32LE(8) !== crc32(header.subarray(12))) return null
  return {
    markCount: header.readUInt32LE(12),
    keyCount: header.readUInt32LE(16),
    directoryBytes: header.readUInt32LE(20),
    directoryCrc: header.readUInt32LE(24),
    count: header.readUInt32LE(28),
    segmentBytes: header.readDoubleLE(32),
    minAt: header.readDoubleLE(40),
    maxAt: header.readDoubleLE(48),
    lastReceivedAt: header.readDoubleLE(56),
  }
}

/** Opens the indexes of sealed segments; directories and rows in use stay in memory, a bounded number of them. */
export const createIndexFiles = (options: { directories: number; rows: number }) => {
  const directories = createLru(options.directories, (path: string) => loadDirectory(path))
  const rowsCache = createLru(options.rows, (id: string): Rows => {
    const separator = id.indexOf('\0')
    const path = id.slice(0, separator)
    const { header, buffer } = directories.get(path)
    const slot = findSlot(header, buffer, id.slice(separator + 1))
    return slot === null ? emptyRows() : loadRows(path, header, slot)
  })
  return {
    open: (path: string, header: IndexHeader): SegmentIndex => ({
      minAt: header.minAt,
      maxAt: header.maxAt,
      lastReceivedAt: header.lastReceivedAt,
      rows(key) {
        const directory = directories.get(path)
        const slot = findSlot(directory.header, directory.buffer, key)
        return slot === null || slot.rowCount === 0 ? emptyRows() : rowsCache.get(`${path}\0${key}`)
      },
      markOffset: (mark) => directories.get(path).buffer.readUInt32LE(mark * 4),
    }),
    /** Latest `at` of every device up to the end of this segment. */
    *latestAt(path: string): Iterable<[key: string, at: number]> {
      const { header, buffer } = directories.get(path)
      for (let number = 0; number < header.keyCount; number += 1) {
        const slot = header.markCount * 4 + number * slotBytes
        yield [keyAt(buffer, slot).toString('latin1'), buffer.readDoubleLE(slot + 16)]
      }
    },
    forget: (path: string) => directories.delete(path),
  }
}
export type IndexFiles = ReturnType<typeof createIndexFiles>

interface Slot {
  firstRow: number
  rowCount: number
}

const loadDirectory = (path: string): { header: IndexHeader; buffer: Buffer } => {
  const header = readIndexHeader(path)
  if (header === null) throw new Error(`the journal index ${path} is damaged; delete it and restart to build it anew`)
  const buffer = readPart(path, headerBytes, header.directoryBytes)
  if (crc32(buffer) !== header.directoryCrc) {
    throw new Error(`the journal index ${path} is damaged; delete it and restart to build it anew`)
  }
  return { header, buffer }
}

const keyAt = (directory: Buffer, slot: number): Buffer => {
  const start = directory.readUInt32LE(slot)
  return directory.subarray(start, start + directory.readUInt32LE(slot + 12))
}

const findSlot = (header: IndexHeader, directory: Buffer, key: string): Slot | null => {
  const wanted = Buffer.from(key, 'latin1')
  let low = 0
  let high = header.keyCount
  while (low < high) {
    const middle = (low + high) >>> 1
    const slot = header.markCount * 4 + middle * slotBytes
    const order = keyAt(directory, slot).compare(wanted)
    if (order === 0) return { firstRow: directory.readUInt32LE(slot + 4), rowCount: directory.readUInt32LE(slot + 8) }
    if (order < 0) low = middle + 1
    else high = middle
  }
  return null
}

const loadRows = (path: string, header: IndexHeader, slot: Slot): Rows => {
  const start = headerBytes + header.directoryBytes + slot.firstRow * rowBytes
  const bytes = readPart(path, start, slot.rowCount * rowBytes)
  const rows = emptyRows()
  for (let offset = 0; offset < bytes.length; offset += rowBytes) {
    rows.at.push(bytes.readDoubleLE(offset))
    rows.seq.push(bytes.readDoubleLE(offset + 8))
    rows.offset.push(bytes.readUInt32LE(offset + 16))
  }
  return rows
}

/**
 * Reads synchronously on purpose: a duplicate must be told apart before the next message of its sender is looked at, and what is read
 * here is a few kilobytes.
 */
const readPart = (path: string, start: number, length: number): Buffer => {
  const buffer = Buffer.allocUnsafe(length)
  const descriptor = openSync(path, 'r')
  try {
    if (readSync(descriptor, buffer, 0, length, start) !== length)
      throw new Error(`the journal file ${path} is cut short`)
  } finally {
    closeSync(descriptor)
  }
  return buffer
}
