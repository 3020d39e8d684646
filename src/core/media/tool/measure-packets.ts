import { AV_NOPTS_VALUE, AV_PKT_FLAG_CORRUPT, AV_PKT_FLAG_DISCARD, AVERROR_EOF } from 'node-av/constants';
import { Packet, type Stream } from 'node-av/lib';
import { CosmosError } from '../../errors.ts';
import type { OpenMedia } from './open-media.ts';

/** What the packets of a file say, whatever its header claims. */
export interface PacketMeasure {
  /** Packets of the chosen stream that lead to something shown. */
  readonly packets: number;
  /** From the beginning of the first packet of the chosen stream to the end of its last, ms. */
  readonly durationMs: number;
  /** The same over all streams, ms. */
  readonly wholeMs: number;
}

interface Span {
  start: number;
  /** Where the last packet begins; its length is often unknown. */
  last: number;
  end: number;
  packets: number;
}

/** Adds up packets as they pass by. */
export class PacketMeter {
  readonly #main: number;
  readonly #streams: readonly Stream[];
  readonly #spans = new Map<number, Span>();

  constructor(media: OpenMedia) {
    this.#main = media.stream.index;
    this.#streams = media.context.streams;
  }

  add(packet: Packet): void {
    const stream = this.#streams[packet.streamIndex];
    if (stream === undefined || packet.hasFlags(AV_PKT_FLAG_DISCARD)) return;
    const time = packet.pts === AV_NOPTS_VALUE ? packet.dts : packet.pts;
    const unit = (1000 * stream.timeBase.num) / stream.timeBase.den;
    const span = this.#spans.get(stream.index) ?? { start: Infinity, last: -Infinity, end: 0, packets: 0 };
    span.packets += 1;
    if (time !== AV_NOPTS_VALUE) {
      const start = Number(time) * unit;
      span.start = Math.min(span.start, start);
      span.last = Math.max(span.last, start);
      span.end = Math.max(span.end, start + Number(packet.duration) * unit);
    }
    this.#spans.set(stream.index, span);
  }

  result(): PacketMeasure {
    const main = this.#spans.get(this.#main);
    const spans = [...this.#spans.values()];
    return {
      packets: main?.packets ?? 0,
      durationMs: main === undefined ? 0 : lengthOf(main),
      wholeMs: Math.max(0, ...spans.map((span) => span.end), ...spans.map(lengthOf)),
    };
  }
}

/** Reads the file to its end without decoding. Throws `input.truncated` where a packet is incomplete. */
export async function measurePackets(media: OpenMedia): Promise<PacketMeasure> {
  const meter = new PacketMeter(media);
  using packet = new Packet();
  packet.alloc();
  for (;;) {
    packet.unref();
    const read = await media.context.readFrame(packet);
    if (read === AVERROR_EOF) return meter.result();
    if (read < 0 || packet.hasFlags(AV_PKT_FLAG_CORRUPT)) {
      throw new CosmosError('input.truncated', { reason: 'packet' });
    }
    meter.add(packet);
  }
}

/** Where the last packet has no length, it is as long as the others are on average. */
function lengthOf(span: Span): number {
  if (!Number.isFinite(span.start)) return 0;
  if (span.end > span.last) return span.end - span.start;
  return span.packets < 2 ? 0 : ((span.last - span.start) * span.packets) / (span.packets - 1);
}
