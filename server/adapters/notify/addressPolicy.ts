import ipaddr from 'ipaddr.js';

/** Which addresses a message may be sent to: the public ones, and what the operator named. */

type Address = ReturnType<typeof ipaddr.process>;

/** Unicast by its range, yet the inside of a cloud: the host agent of Azure. */
const METADATA = new Set(['168.63.129.16']);
/** All that was ever given out as global unicast; what lies outside may be an IPv4 address in disguise (RFC 4291, 2.5.5). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

export class AddressPolicy {
  readonly #ranges: readonly [Address, number][];
  readonly #hosts: ReadonlySet<string>;

  /**
   * @param allow host names, addresses or CIDR ranges inside the own network that may be reached nevertheless.
   * @throws when an entry is none of these.
   */
  constructor(allow: readonly string[]) {
    const ranges: [Address, number][] = [];
    const hosts = new Set<string>();
    for (const entry of allow) {
      if (ipaddr.isValidCIDR(entry)) ranges.push(ipaddr.parseCIDR(entry));
      else if (ipaddr.isValid(entry)) {
        const address = ipaddr.process(entry);
        ranges.push([address, address.kind() === 'ipv4' ? 32 : 128]);
      } else if (/^[a-z0-9._-]+$/i.test(entry)) hosts.add(entry.toLowerCase());
      else throw new Error(`${JSON.stringify(entry)} is no host name, address or CIDR range`);
    }
    this.#ranges = ranges;
    this.#hosts = hosts;
  }

  /** Whether `hostname`, found at `address`, may be connected to. */
  permits(hostname: string, address: string): boolean {
    if (this.#hosts.has(hostname.toLowerCase())) return true;
    if (!ipaddr.isValid(address)) return false;
    // An IPv4 address in IPv6 clothes is judged as what it is.
    const ip = ipaddr.process(address);
    if (this.#ranges.some(([range, bits]) => range.kind() === ip.kind() && ip.match([range, bits])))
      return true;
    if (ip instanceof ipaddr.IPv6 && !ip.match(GLOBAL_UNICAST)) return false;
    return ip.range() === 'unicast' && !METADATA.has(ip.toString());
  }
}
