//! The full-screen app.
//!
//! One enum at the door ([`event::Event`]), one pure decision ([`update`]), effects that only the loop performs. Views
//! are functions of the state and an area.

pub mod scroll;
pub mod theme;
