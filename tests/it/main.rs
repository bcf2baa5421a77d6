mod aborts;
mod bad_programs;
mod bad_projects;
mod cluster;
mod commands;
mod mutants;
mod reference;
mod support;
