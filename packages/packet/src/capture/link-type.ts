import { CaptureError } from './capture-error.ts';

/** Link types that are read, by their numbers in captures. */
export const LinkType = {
  null: 0,
  ethernet: 1,
  /** OpenBSD's and everybody else's number of what is `raw` in files that were not written by libpcap. */
  rawBsd: 12,
  rawOpenBsd: 14,
  raw: 101,
  loop: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const;

const READ: ReadonlySet<number> = new Set(Object.values(LinkType));

/** Of those that are not read, the ones that are met most. */
const NAMES: Readonly<Record<number, string>> = {
  6: 'Token Ring',
  8: 'SLIP',
  9: 'PPP',
  10: 'FDDI',
  50: 'PPP in HDLC',
  51: 'PPPoE',
  104: 'Cisco HDLC',
  105: 'IEEE 802.11',
  107: 'Frame Relay',
  117: 'OpenBSD pflog',
  119: 'IEEE 802.11 with a Prism header',
  127: 'IEEE 802.11 with radiotap',
  147: 'private use 0',
  163: 'IEEE 802.11 with AVS',
  187: 'Bluetooth HCI H4',
  189: 'USB, Linux',
  195: 'IEEE 802.15.4',
  201: 'Bluetooth HCI H4 with a direction',
  220: 'USB, Linux, padded',
  227: 'CAN, SocketCAN',
  239: 'netfilter log',
  240: 'netANALYZER',
  249: 'USBPcap',
  252: 'Wireshark upper PDU',
  253: 'netlink',
  258: 'Apple PKTAP',
};

/** Whether packets of this link type are read. */
export function readsLinkType(linkType: number): boolean {
  return READ.has(linkType);
}

/** @throws CaptureError `link-type` */
export function checkLinkType(linkType: number, offset: number): void {
  if (readsLinkType(linkType)) return;
  const name = NAMES[linkType] === undefined ? '' : ` (${NAMES[linkType]})`;
  const read = 'only Ethernet, Linux cooked, raw IP and loopback are';
  throw new CaptureError('link-type', offset, `link type ${linkType}${name} is not read: ${read}`);
}
