//! Correct programs for the challenges, run as `lsfr __reference NAME`.
//!
//! They prove the packs: the program passes every stage, and the same program with one seeded bug
//! (`--bug NAME`) fails the test that is named for it. They stand apart: nothing here uses the rest of
//! lsfr, and nothing but the binary's dispatch uses this.

/// A program's seeded bugs, as an enum and as a list.
macro_rules! seeded_bugs {
    ($($stage:literal { $($variant:ident $name:literal $about:literal)* })*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Bug {
            /// The program as it should be.
            None,
            $($(#[doc = $about] $variant,)*)*
        }

        /// All bugs, in the order of the stages.
        pub(crate) const BUGS: &[SeededBug] =
            &[$($(SeededBug { name: $name, stage: $stage, about: $about },)*)*];

        impl Bug {
            /// The bug with this name on the command line.
            pub(super) fn named(name: &str) -> Option<Bug> {
                match name {
                    $($($name => Some(Bug::$variant),)*)*
                    _ => None,
                }
            }
        }
    };
}

/// Prints a line for the log. `println` would panic if nobody reads the output any more, which is not a reason to stop
/// serving.
macro_rules! say {
    ($($message:tt)*) => {{
        use std::io::Write;
        let _: std::io::Result<()> = writeln!(std::io::stdout(), $($message)*);
    }};
}

mod compiler;
mod kv_store;
mod message_queue;
mod port;
mod start;

use std::ffi::OsString;
use std::process::ExitCode;

/// A mistake that can be switched on with `--bug`.
#[derive(Debug)]
pub struct SeededBug {
    /// The argument of `--bug`, in kebab-case.
    pub name: &'static str,
    /// The key of the stage that must catch it. It passes every stage before that one.
    pub stage: &'static str,
    /// What goes wrong, in one sentence.
    pub about: &'static str,
}

/// Runs the reference named by the first of `args` (what follows `__reference` on the command line) until
/// it is told to stop. Wrong usage is status 2; a failure of the program is status 1.
pub fn main(mut args: impl Iterator<Item = OsString>) -> ExitCode {
    let Some(name) = args.next() else {
        eprintln!("No reference is named. Give one: lsfr __reference kv-store");
        return ExitCode::from(2);
    };
    match name.to_str() {
        Some("kv-store") => kv_store::main(args),
        Some("message-queue") => message_queue::main(args),
        Some("compiler") => compiler::main(args),
        _ => {
            eprintln!(
                "There is no reference named {:?}. There are: kv-store, message-queue, compiler",
                name.to_string_lossy()
            );
            ExitCode::from(2)
        }
    }
}

/// The seeded bugs of the reference called `name`, in the order of the stages; none for an unknown name.
pub fn bugs(name: &str) -> &'static [SeededBug] {
    match name {
        "kv-store" => kv_store::BUGS,
        "message-queue" => message_queue::BUGS,
        "compiler" => compiler::BUGS,
        _ => &[],
    }
}
