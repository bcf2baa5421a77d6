//! Ports for a run: a block of 300 of its own (16 nodes have 240 links), so that two runs on one machine never meet.
//!
//! Blocks lie in 20000 to 31999, below what systems hand out for outgoing connections: asking the system for a free
//! port and closing it again is a race that a busy machine loses. A run holds its block by listening on the first port
//! of it. The system lets only one do so, whoever it is and wherever its temporary files are, which no lock file
//! can say; and it lets go however lsfr ends.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use tokio::net::TcpSocket;

const FIRST: u16 = 20_000;
const BLOCK: u16 = 300;
const BLOCKS: u16 = 40;

#[derive(Debug, thiserror::Error)]
pub enum PortsError {
    #[error("all blocks of ports from 20000 to 31999 are taken by other runs. End some of them, then try again.")]
    NoBlock,
    #[error("fewer than {wanted} ports are free from {first} to {last}. End what listens there, then try again.")]
    BlockFull { wanted: usize, first: u16, last: u16 },
}

/// A block of ports, ours until this is dropped or lsfr dies.
#[derive(Debug)]
pub(crate) struct PortBlock {
    first: u16,
    next: u16,
    _lock: TcpListener,
}

impl PortBlock {
    pub(crate) fn take() -> Result<PortBlock, PortsError> {
        let start = (RandomState::new().build_hasher().finish() % u64::from(BLOCKS)) as u16;
        PortBlock::take_among((0..BLOCKS).map(|step| FIRST + (start + step) % BLOCKS * BLOCK))
    }

    /// The first of these blocks that nobody holds; each is named by its first port.
    fn take_among(mut blocks: impl Iterator<Item = u16>) -> Result<PortBlock, PortsError> {
        blocks
            .find_map(|first| Some(PortBlock { first, next: first + 1, _lock: listen(first)? }))
            .ok_or(PortsError::NoBlock)
    }

    /// The next `count` ports of the block on which nobody listens at this moment.
    pub(crate) fn ports(&mut self, count: usize) -> Result<Vec<u16>, PortsError> {
        let end = self.first + BLOCK;
        let mut free = Vec::with_capacity(count);
        while free.len() < count {
            if self.next == end {
                return Err(PortsError::BlockFull { wanted: count, first: self.first, last: end - 1 });
            }
            if is_free(self.next) {
                free.push(self.next);
            }
            self.next += 1;
        }
        Ok(free)
    }
}

/// Whether a server could listen here. With SO_REUSEADDR connections that linger do not count; another listener does.
///
/// It only binds. A listener, even if closed at once, might still listen for a moment: a process that another thread is
/// starting just then has a copy until it execs.
pub(crate) fn is_free(port: u16) -> bool {
    let bind = || {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(address(port))
    };
    bind().is_ok()
}

/// std sets SO_REUSEADDR, too.
fn listen(port: u16) -> Option<TcpListener> {
    TcpListener::bind(address(port)).ok()
}

fn address(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_blocks_never_meet_and_a_dropped_one_is_free_again() {
        // Blocks that only this test has, for as long as it holds them.
        let (first, second) = (PortBlock::take().unwrap(), PortBlock::take().unwrap());
        assert_ne!(first.first, second.first);
        let blocks = [first.first, second.first];
        assert!(matches!(PortBlock::take_among(blocks.into_iter()), Err(PortsError::NoBlock)));
        drop(second);
        assert_eq!(PortBlock::take_among(blocks.into_iter()).unwrap().first, blocks[1]);
    }

    #[test]
    fn a_port_in_use_is_passed_over_and_a_full_block_says_so() {
        let mut block = PortBlock::take().unwrap();
        let taken = TcpListener::bind(("127.0.0.1", block.first + 1));
        let ports = block.ports(3).unwrap();
        assert!(taken.is_ok() && !ports.contains(&block.first) && !ports.contains(&(block.first + 1)));
        assert!(matches!(block.ports(300), Err(PortsError::BlockFull { .. })));
    }
}
