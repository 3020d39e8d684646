/** The few packets of the SFTP protocol, version 3, that move the bytes of files. */

/** What the first byte of a packet says. */
export const PACKET = {
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  status: 101,
  handle: 102,
  data: 103,
} as const;

/** Length, type and number of the request: what an answer begins with. */
export const ANSWER_BYTES = 9;
const OPEN_FLAGS = { r: 1, 'r+': 3 } as const;

/** The first packet: asks for version 3 of the protocol. */
export const GREETING = Buffer.from([0, 0, 0, 5, 1, 0, 0, 0, 3]);

export function openPacket(id: number, path: string, flags: 'r' | 'r+'): Buffer {
  const name = Buffer.from(path);
  const packet = begin(PACKET.open, id, name, 8);
  // The last number says that no attributes follow.
  packet.writeUInt32BE(OPEN_FLAGS[flags], packet.length - 8);
  packet.writeUInt32BE(0, packet.length - 4);
  return packet;
}

export function closePacket(id: number, handle: Buffer): Buffer {
  return begin(PACKET.close, id, handle, 0);
}

export function readPacket(id: number, handle: Buffer, position: number, bytes: number): Buffer {
  const packet = begin(PACKET.read, id, handle, 12);
  packet.writeBigUInt64BE(BigInt(position), packet.length - 12);
  packet.writeUInt32BE(bytes, packet.length - 4);
  return packet;
}

/** Bytes that stand before the content of a file in a packet that writes it. */
export function writeHeaderBytes(handle: Buffer): number {
  return ANSWER_BYTES + 4 + handle.length + 12;
}

/** Fills in what stands before `bytes` of content. */
export function fillWriteHeader(
  packet: Buffer,
  request: {
    readonly id: number;
    readonly handle: Buffer;
    readonly position: number;
    readonly bytes: number;
  },
): void {
  const { id, handle, position, bytes } = request;
  const header = writeHeaderBytes(handle);
  packet.writeUInt32BE(header - 4 + bytes, 0);
  packet[4] = PACKET.write;
  packet.writeUInt32BE(id, 5);
  packet.writeUInt32BE(handle.length, ANSWER_BYTES);
  handle.copy(packet, ANSWER_BYTES + 4);
  packet.writeBigUInt64BE(BigInt(position), header - 12);
  packet.writeUInt32BE(bytes, header - 4);
}

/** A packet that begins with a string, and has room for `further` bytes after it. */
function begin(type: number, id: number, first: Buffer, further: number): Buffer {
  const packet = Buffer.allocUnsafe(ANSWER_BYTES + 4 + first.length + further);
  packet.writeUInt32BE(packet.length - 4, 0);
  packet[4] = type;
  packet.writeUInt32BE(id, 5);
  packet.writeUInt32BE(first.length, ANSWER_BYTES);
  first.copy(packet, ANSWER_BYTES + 4);
  return packet;
}
