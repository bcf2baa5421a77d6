//! The reference key-value store as a cluster of processes that reach each other without lsfr between them.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpSocket;

use crate::reference::Server;

/// Long enough for several elections on a busy machine; a test that passes waits far less.
const PATIENCE: Duration = Duration::from_secs(20);

struct Cluster {
    folder: TempDir,
    ports: BTreeMap<String, u16>,
    /// Bound but never listening: reserves the ports for the nodes, even while they are down.
    _keepers: Vec<TcpSocket>,
    nodes: BTreeMap<String, Server>,
}

impl Cluster {
    fn start(size: usize) -> Cluster {
        let keep = |_| {
            let socket = TcpSocket::new_v4().unwrap();
            socket.set_reuseaddr(true).unwrap();
            socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
            socket
        };
        let keepers: Vec<TcpSocket> = (0..size).map(keep).collect();
        let port = |(at, keeper): (usize, &TcpSocket)| (format!("n{}", at + 1), keeper.local_addr().unwrap().port());
        let ports: BTreeMap<String, u16> = keepers.iter().enumerate().map(port).collect();
        let folder = tempfile::tempdir().unwrap();
        let mut cluster = Cluster { folder, ports, _keepers: keepers, nodes: BTreeMap::new() };
        cluster.start_all();
        cluster
    }

    fn start_all(&mut self) {
        for id in self.ports.keys().cloned().collect::<Vec<_>>() {
            if !self.nodes.contains_key(&id) {
                self.start_node(&id);
            }
        }
    }

    fn start_node(&mut self, id: &str) {
        let others = self.ports.iter().filter(|(other, _)| *other != id);
        let peers: Vec<String> = others.map(|(other, port)| format!("{other}=127.0.0.1:{port}")).collect();
        let arguments = [format!("--id={id}"), format!("--peers={}", peers.join(","))];
        let arguments = arguments.each_ref().map(String::as_str);
        let node = Server::start_at(self.ports[id], &self.folder.path().join(id), &arguments);
        self.nodes.insert(id.to_owned(), node);
    }

    fn kill(&mut self, id: &str) {
        self.nodes.remove(id).unwrap().crash();
    }

    fn info(&self, id: &str) -> Value {
        let (status, body) = self.nodes[id].ask("GET", "/cluster/info", "");
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The living leader that all living nodes name.
    fn leader(&self) -> String {
        let agreed = || {
            let mut named: Vec<Value> = self.nodes.keys().map(|id| self.info(id)["leader"].clone()).collect();
            named.dedup();
            match &named[..] {
                [Value::String(leader)] if self.nodes.contains_key(leader) => Some(leader.clone()),
                _ => None,
            }
        };
        eventually("a leader", agreed)
    }

    fn followers(&self, leader: &str) -> Vec<String> {
        self.nodes.keys().filter(|id| *id != leader).cloned().collect()
    }

    /// Waits until all nodes have this value in what they have applied.
    fn agree(&self, key: &str, value: &str) {
        let path = format!("/kv/{key}?read=local");
        eventually(&format!("{key} on all nodes"), || {
            self.nodes.values().all(|node| node.ask("GET", &path, "") == (200, value.to_owned())).then_some(())
        });
    }
}

fn eventually<T>(what: &str, mut try_it: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = try_it() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "no {what} after {PATIENCE:?}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_cluster_elects_replicates_and_sends_clients_to_its_leader() {
    let mut cluster = Cluster::start(3);
    let leader = cluster.leader();
    let followers = cluster.followers(&leader);
    let term = cluster.info(&leader)["term"].clone();
    let peers = |id: &str| ["n1", "n2", "n3"].into_iter().filter(|peer| *peer != id).collect::<Vec<_>>();
    let expected = json!({ "id": leader, "role": "leader", "term": term, "leader": leader, "peers": peers(&leader) });
    assert_eq!(cluster.info(&leader), expected);
    let follower = &followers[0];
    let expected =
        json!({ "id": follower, "role": "follower", "term": term, "leader": leader, "peers": peers(follower) });
    assert_eq!(cluster.info(follower), expected);

    let value = "é\n\0".repeat(200_000);
    assert_eq!(cluster.nodes[&leader].ask("PUT", "/kv/a", &value).0, 200);
    assert_eq!(cluster.nodes[&leader].ask("GET", "/kv/a", ""), (200, value.clone()));
    cluster.agree("a", &value);
    assert_eq!(cluster.nodes[follower].ask("GET", "/kv/b?read=local", ""), (404, "key not found\n".to_owned()));
    let port = cluster.ports[&leader];
    for (method, target) in [("PUT", "/kv/a%3Ab?x=1&y"), ("GET", "/kv/a"), ("DELETE", "/kv/a"), ("DELETE", "/clear")]
    {
        let answer = cluster.nodes[follower].try_ask_whole(method, target, "x").unwrap();
        assert!(answer.starts_with("HTTP/1.1 307 "), "{method} {target}: {answer}");
        let location = format!("location: http://127.0.0.1:{port}{target}\r\n");
        assert!(answer.contains(&location), "{method} {target}: {answer}");
    }
    assert_eq!(cluster.nodes[follower].ask("PUT", "/kv/a", "").0, 400);
    assert_eq!(cluster.nodes[follower].ask("POST", "/kv/a", "x").0, 405);
    assert_eq!(cluster.nodes[follower].ask("POST", "/cluster/info", "").0, 405);

    for node in cluster.nodes.values() {
        node.signal(Signal::SIGTERM);
    }
    for (id, node) in &mut cluster.nodes {
        assert_eq!(node.wait(), Some(0), "{id}");
    }
}

#[test]
fn what_was_acknowledged_survives_the_leader_and_all_nodes() {
    let mut cluster = Cluster::start(3);
    let mut written = 0;
    for round in 0..3 {
        let leader = cluster.leader();
        let term = cluster.info(&leader)["term"].as_u64();
        for _ in 0..20 {
            written += 1;
            assert_eq!(cluster.nodes[&leader].ask("PUT", "/kv/a", &written.to_string()).0, 200);
        }
        if round == 1 {
            cluster.followers(&leader).iter().for_each(|id| cluster.kill(id));
        }
        cluster.kill(&leader);
        if round != 0 {
            cluster.start_all();
        }
        let next = cluster.leader();
        assert!(cluster.info(&next)["term"].as_u64() > term);
        let read =
            eventually("answer", || Some(cluster.nodes[&next].ask("GET", "/kv/a", "")).filter(|(s, _)| *s == 200));
        assert_eq!(read, (200, written.to_string()));
        cluster.start_all();
        cluster.agree("a", &written.to_string());
    }
}

#[test]
fn a_leader_without_a_majority_steps_down_and_acknowledges_nothing() {
    let mut cluster = Cluster::start(3);
    let leader = cluster.leader();
    assert_eq!(cluster.nodes[&leader].ask("PUT", "/kv/a", "1").0, 200);
    let followers = cluster.followers(&leader);
    followers.iter().for_each(|id| cluster.kill(id));
    let start = Instant::now();
    assert_eq!(cluster.nodes[&leader].ask("PUT", "/kv/a", "2").0, 503);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    let info = eventually("step down", || Some(cluster.info(&leader)).filter(|info| info["role"] != "leader"));
    assert_eq!(info["leader"], Value::Null);
    for (method, path) in [("GET", "/kv/a"), ("PUT", "/kv/a"), ("DELETE", "/kv/a"), ("DELETE", "/clear")] {
        assert_eq!(cluster.nodes[&leader].ask(method, path, "3").0, 503, "{method}");
    }
    assert_eq!(cluster.nodes[&leader].ask("GET", "/kv/a?read=local", ""), (200, "1".to_owned()));
    cluster.start_node(&followers[0]);
    cluster.leader();
}
