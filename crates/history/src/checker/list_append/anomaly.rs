//! What a circle is called.

use super::relation::Why;

/// Circles by what they are made of: their names are those of Adya's thesis and of Elle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Appends alone.
    G0,
    /// Appends, and what was read of them.
    G1c,
    /// One read did not see an append.
    GSingle,
    /// More than one did not.
    G2,
}

/// An anomaly: the worst are the least, since they break the most promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Anomaly {
    /// Real time closes it: without, the transactions could be put in order.
    pub(super) real_time: bool,
    pub(super) kind: Kind,
}

impl Anomaly {
    pub(super) fn of(why: &[Why]) -> Self {
        let missed = why.iter().filter(|why| matches!(why, Why::NotTold { .. })).count();
        let told = why.iter().any(|why| matches!(why, Why::Told { .. }));
        let kind = match missed {
            0 if !told => Kind::G0,
            0 => Kind::G1c,
            1 => Kind::GSingle,
            _ => Kind::G2,
        };
        Self { real_time: why.contains(&Why::Time), kind }
    }

    pub(super) fn title(self) -> &'static str {
        match (self.kind, self.real_time) {
            (Kind::G0, false) => "dirty write (G0)",
            (Kind::G1c, false) => "circular information flow (G1c)",
            (Kind::GSingle, false) => "read skew (G-single)",
            (Kind::G2, false) => "write skew (G2)",
            (Kind::G0, true) => "append out of order (G0-realtime)",
            (Kind::G1c, true) => "read of the future (G1c-realtime)",
            (Kind::GSingle, true) => "stale read (G-single-realtime)",
            (Kind::G2, true) => "stale reads (G2-realtime)",
        }
    }
}
