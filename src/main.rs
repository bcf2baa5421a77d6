use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    match args.next() {
        Some(command) if command == "__reference" => lsfr::reference::main(args),
        _ => ExitCode::from(2),
    match std::env::args().nth(1) {
        Some(word) if word == lsfr::cluster::guard::ARGUMENT => lsfr::cluster::guard::main(),
        _ => ExitCode::FAILURE,
    }
}
