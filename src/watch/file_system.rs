//! File systems that send no events for what another machine, or the host of a virtual one, writes.

use std::path::Path;

use nix::sys::statfs::statfs;

const NETWORK: &str = "network file system";
const SHARED: &str = "folder shared with the host";
const FUSE: &str = "FUSE file system";

/// Why events cannot be relied on in a directory.
#[cfg(target_os = "linux")]
pub(super) fn without_events(dir: &Path) -> Option<&'static str> {
    // Numbers of the kernel's own (linux/magic.h and the drivers' sources): nix names only a few of them. All have 32
    // bits; the field's type differs between architectures, and is signed on some.
    match statfs(dir).ok()?.filesystem_type().0 as u32 {
        // NFS, SMB, CIFS, SMB2, NCP
        0x6969 | 0x517b | 0xff53_4d42 | 0xfe53_4d42 | 0x564c => Some(NETWORK),
        // AFS (two drivers), Coda, Ceph, Lustre, OCFS2, GPFS
        0x5346_414f | 0x6b41_4653 | 0x7375_7245 | 0x00c3_6400 | 0x0bd0_0bd0 | 0x7461_636f | 0x4750_4653 => {
            Some(NETWORK)
        }
        // 9p (also Windows' drives under WSL), VirtualBox, VMware
        0x0102_1997 | 0x786f_4256 | 0xbacb_acbc => Some(SHARED),
        0x6573_5546 => Some(FUSE),
        _ => None,
    }
}

#[cfg(target_os = "macos")]
pub(super) fn without_events(dir: &Path) -> Option<&'static str> {
    match statfs(dir).ok()?.filesystem_type_name() {
        "nfs" | "smbfs" | "afpfs" | "webdav" => Some(NETWORK),
        "virtiofs" | "prl_fs" => Some(SHARED),
        "macfuse" | "osxfuse" => Some(FUSE),
        _ => None,
    }
}
