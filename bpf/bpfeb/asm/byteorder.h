/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* For big-endian machines: that of the machine that compiles would have the bit-fields of linux/ip.h and linux/tcp.h in its own order. */
#include <linux/byteorder/big_endian.h>
