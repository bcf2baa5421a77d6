mod aborts;
mod cluster;
mod commands;
mod reference;
mod support;
mod mutants;
mod reference;
