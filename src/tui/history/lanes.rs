//! Which operations are shown, and in which lanes.

use std::collections::HashMap;
use std::time::Duration;

use history::{History, Operation};

/// With more clients than this, those that followed one another share a lane: each operation without an answer makes a
/// new client.
const MOST: usize = 24;

/// Lanes from top to bottom, each with the places of its operations in the order of their calls.
#[derive(Debug, Default)]
pub struct Lanes {
    pub rows: Vec<Vec<usize>>,
    /// Clients that followed one another share a lane.
    pub shared: bool,
    /// How many lanes have an operation that proves something; they are the first.
    pub of_proof: usize,
    /// For each place the lane, and where in it.
    found: HashMap<usize, (usize, usize)>,
}

impl Lanes {
    /// Lanes with a marked operation come first, so that what belongs together is in sight together; then they go by the
    /// number of their client, or where they are shared in the order in which clients began.
    pub(super) fn new(history: &History, shown: impl Fn(&Operation) -> bool, marked: impl Fn(usize) -> bool) -> Self {
        let mut places: Vec<usize> = (0..history.operations.len()).collect();
        places.retain(|place| shown(&history.operations[*place]));
        places.sort_by_key(|place| (history.operations[*place].called, *place));
        let mut clients: Vec<(u32, Vec<usize>)> = Vec::new();
        let mut number: HashMap<u32, usize> = HashMap::new();
        for place in places {
            let client = history.operations[place].client;
            let at = *number.entry(client).or_insert_with(|| {
                clients.push((client, Vec::new()));
                clients.len() - 1
            });
            clients[at].1.push(place);
        }
        let shared = clients.len() > MOST;
        let mut rows: Vec<Vec<usize>> = if shared {
            share(history, clients)
        } else {
            clients.sort_by_key(|(client, _)| *client);
            clients.into_iter().map(|(_, places)| places).collect()
        };
        let is_of_proof = |row: &[usize]| row.iter().any(|place| marked(*place));
        rows.sort_by_key(|row| !is_of_proof(row));
        let of_proof = rows.iter().filter(|row| is_of_proof(row)).count();
        let found = rows
            .iter()
            .enumerate()
            .flat_map(|(lane, row)| row.iter().enumerate().map(move |(at, place)| (*place, (lane, at))));
        Self { found: found.collect(), shared, of_proof, rows }
    }

    /// The lane of an operation, and where in it; none if it is not shown.
    pub fn lane_of(&self, place: usize) -> Option<(usize, usize)> {
        self.found.get(&place).copied()
    }
}

/// Clients, in the order in which they began, in as few lanes as hold them.
fn share(history: &History, clients: Vec<(u32, Vec<usize>)>) -> Vec<Vec<usize>> {
    let mut rows: Vec<(Duration, Vec<usize>)> = Vec::new();
    for (_, places) in clients {
        let operations = || places.iter().map(|place| &history.operations[*place]);
        let begin = operations().map(|operation| operation.called).min().unwrap_or_default();
        let end =
            operations().map(|operation| operation.returned.unwrap_or(operation.called)).max().unwrap_or_default();
        match rows.iter_mut().find(|(until, _)| *until < begin) {
            Some((until, row)) => {
                row.extend(places);
                *until = end;
            }
            None => rows.push((end, places)),
        }
    }
    rows.into_iter().map(|(_, row)| row).collect()
}
