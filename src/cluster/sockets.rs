//! Who listens where, from /proc/net/tcp and the open files of processes: for sentences such as "it listens on
//! 0.0.0.0:8080 instead", and for the stop of a program that is more than one process. Slow (it reads much), so nothing
//! asks at each start. Empty where there is no /proc.

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::process;

/// Addresses on which any of these processes listens, sorted.
pub fn listening_ports(pids: &[i32]) -> Vec<SocketAddr> {
    let inodes: HashSet<u64> = pids.iter().flat_map(|pid| socket_inodes(*pid)).collect();
    let mut addresses: Vec<SocketAddr> =
        listeners().into_iter().filter(|(_, inode)| inodes.contains(inode)).map(|(address, _)| address).collect();
    addresses.sort();
    addresses.dedup();
    addresses
}

/// Those of these processes that hold a socket which listens on the port.
pub(crate) fn holders(port: u16, pids: &[i32]) -> Vec<i32> {
    let inodes = listening_on(port);
    let holds = |pid: &&i32| !inodes.is_empty() && socket_inodes(**pid).iter().any(|inode| inodes.contains(inode));
    pids.iter().filter(holds).copied().collect()
}

/// The process that listens on a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub pid: i32,
    pub name: String,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (pid {})", self.name, self.pid)
    }
}

/// None where nobody listens, or where the owner belongs to another user.
pub fn owner(port: u16) -> Option<Owner> {
    let inodes = listening_on(port);
    if inodes.is_empty() {
        return None;
    }
    fs::read_dir("/proc")
        .ok()?
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
        .find(|pid| socket_inodes(*pid).iter().any(|inode| inodes.contains(inode)))
        .map(|pid| Owner { pid, name: process::name(pid).unwrap_or_else(|| "a process".to_owned()) })
}

fn socket_inodes(pid: i32) -> Vec<u64> {
    let Ok(files) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return Vec::new();
    };
    files
        .flatten()
        .filter_map(|file| {
            let target = fs::read_link(file.path()).ok()?;
            let inode = target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
            inode.parse().ok()
        })
        .collect()
}

fn listening_on(port: u16) -> HashSet<u64> {
    listeners().into_iter().filter(|(address, _)| address.port() == port).map(|(_, inode)| inode).collect()
}

fn listeners() -> Vec<(SocketAddr, u64)> {
    ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok())
        .flat_map(|table| table.lines().filter_map(parse_listener).collect::<Vec<_>>())
        .collect()
}

/// One line of the table: number, local address, remote address, state (0A is LISTEN), ..., inode as the tenth.
fn parse_listener(line: &str) -> Option<(SocketAddr, u64)> {
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    if *fields.get(3)? != "0A" {
        return None;
    }
    let (address, port) = fields.get(1)?.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    Some((SocketAddr::new(parse_address(address)?, port), fields.get(9)?.parse().ok()?))
}

/// The kernel prints each 32-bit word of the address as the number it is in memory.
fn parse_address(hex: &str) -> Option<IpAddr> {
    let word = |index: usize| u32::from_str_radix(hex.get(index * 8..index * 8 + 8)?, 16).ok().map(u32::to_ne_bytes);
    match hex.len() {
        8 => Some(Ipv4Addr::from(word(0)?).into()),
        32 => {
            let mut bytes = [0; 16];
            for (index, chunk) in bytes.chunks_exact_mut(4).enumerate() {
                chunk.copy_from_slice(&word(index)?);
            }
            Some(Ipv6Addr::from(bytes).into())
        }
        _ => None,
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_listener_of_this_process_is_found_with_its_owner() {
        let four = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = four.local_addr().unwrap();
        let me = std::process::id() as i32;
        assert!(listening_ports(&[me]).contains(&address));
        assert!(!listening_ports(&[]).contains(&address));
        assert_eq!(owner(address.port()).unwrap().pid, me);
        assert_eq!(holders(address.port(), &[1, me]), [me]);
        drop(four);
        assert!(holders(address.port(), &[1, me]).is_empty());
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn lines_of_the_kernels_tables() {
        let four = " 0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 777 1 x";
        assert_eq!(parse_listener(four), Some(("127.0.0.1:8080".parse().unwrap(), 777)));
        let six = " 1: 00000000000000000000000001000000:1F90 0:0 0A 0:0 0:0 0 0 0 778 1 x";
        assert_eq!(parse_listener(six), Some(("[::1]:8080".parse().unwrap(), 778)));
        assert_eq!(parse_listener(&four.replace(" 0A ", " 01 ")), None);
        assert_eq!(parse_listener("  sl  local_address rem_address   st"), None);
    }
}
