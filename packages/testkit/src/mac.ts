/** `02:53:77:00:01:02`. */
export const macText = (mac: Uint8Array): string =>
  [...mac].map((octet) => octet.toString(16).padStart(2, '0')).join(':');
