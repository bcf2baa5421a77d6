//! The binary: what the library says, as an exit code.

fn main() -> std::process::ExitCode {
    lsfr::cli::main()
}
