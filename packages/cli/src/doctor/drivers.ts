import { isBefore } from '../kernel-version.ts';

/** What a driver is known for. */
interface Driver {
  /** The first kernel whose driver has native XDP; left out: any that Scanward runs on. */
  readonly native?: string;
  /** The first kernel whose driver takes frames of several buffers in native XDP; left out: none is known. */
  readonly frags?: string;
}

/**
 * Drivers with native XDP, by their names in sysfs, or by the kind of a link where there is no hardware. The kernel tells
 * it only since 6.3, in a family of netlink that needs more than this list is worth.
 */
const drivers: Readonly<Record<string, Driver>> = {
  atlantic: { native: '5.19' },
  bnxt_en: { frags: '5.19' },
  bond: { native: '5.15' },
  cpsw: {},
  ena: {},
  fec: { native: '6.2' },
  fsl_dpaa: { native: '5.11' },
  fsl_dpaa2_eth: {},
  fsl_enetc: { native: '5.13' },
  gve: { native: '6.4' },
  hv_netvsc: {},
  i40e: { frags: '6.4' },
  ice: { frags: '6.3' },
  igb: {},
  igc: { native: '5.13' },
  ixgbe: {},
  ixgbevf: {},
  mana: { native: '5.17' },
  mlx4_core: {},
  mlx5_core: { frags: '5.18' },
  mtk_soc_eth: { native: '6.0' },
  mvneta: { frags: '5.18' },
  mvpp2: {},
  netsec: {},
  nfp: {},
  nicvf: {},
  qede: {},
  rvu_nicpf: { native: '5.16' },
  sfc: {},
  tun: {},
  veth: { frags: '6.3' },
  vif: {},
  virtio_net: { frags: '6.3' },
  vmxnet3: { native: '6.6' },
};

/** What a driver can do with XDP on a kernel. */
export interface DriverXdp {
  readonly native: boolean;
  /** Whether native XDP takes frames of several buffers. */
  readonly frags: boolean;
}

/** As the name of a driver tells; what is not known has generic XDP alone. */
export function xdpOf(name: string, release: string): DriverXdp {
  const driver = Object.hasOwn(drivers, name) ? drivers[name] : undefined;
  if (!driver) return { native: false, frags: false };
  return {
    native: driver.native === undefined || !isBefore(release, driver.native),
    frags: driver.frags !== undefined && !isBefore(release, driver.frags),
  };
}
