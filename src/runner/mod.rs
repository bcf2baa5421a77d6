//! Runs a stage: the scenario interpreter. It emits events and knows nothing of who listens.

pub mod event;
