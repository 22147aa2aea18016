import { Lab, listen, type Host } from '@scanward/testkit';

/** Ports that the victim has open; all others of 1-1024 are closed. */
export const OPEN_PORTS = [22, 53, 80, 443, 512, 1010];

/** A victim with servers, an attacker and an innocent client, who has a server too. */
export interface Place extends AsyncDisposable {
  readonly victim: Host;
  readonly attacker: Host;
  readonly client: Host;
}

export interface PlaceOptions {
  /** The attacker is behind the router instead of on the same network. */
  readonly routed?: boolean;
}

export async function createPlace({ routed = false }: PlaceOptions = {}): Promise<Place> {
  const lab = await Lab.create();
  try {
    const victim = await lab.host('victim');
    const attacker = await (routed ? lab.routedHost('attacker') : lab.host('attacker'));
    const client = await lab.host('client');
    await listen(victim.ns, OPEN_PORTS);
    await listen(client.ns, [8080]);
    // The servers end with their namespaces.
    return { victim, attacker, client, [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose]() };
  } catch (error) {
    await lab[Symbol.asyncDispose]();
    throw error;
  }
}
