/** The 16 bytes as a key. */
export function addressKey(address: Uint8Array): string {
  let key = '';
  for (let i = 0; i < 16; i += 2) key += String.fromCharCode((address[i]! << 8) | address[i + 1]!);
  return key;
}

/** An address and a port as a key. */
export function endpointKey(address: Uint8Array, port: number): string {
  return addressKey(address) + String.fromCharCode(port);
}
