mod aborts;
mod cluster;
mod commands;
mod mutants;
mod reference;
mod support;
