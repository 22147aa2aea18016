import { codecs, type Endian } from '@scanward/map-codec';
import { endianness } from 'node:os';

export const endian: Endian = endianness() === 'LE' ? 'little' : 'big';
export const codec = codecs(endian);
