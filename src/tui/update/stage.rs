//! Which stage is shown, and what comes with it: its guide, its logs.

use std::path::PathBuf;

use crate::tui::effect::Effect;
use crate::tui::workbench::Workbench;

/// Another stage's guide and results, and its logs, if its last run was a different one.
pub(super) fn show_stage(bench: &mut Workbench, key: &str) -> Vec<Effect> {
    if bench.shown != key {
        bench.shown = key.to_owned();
    }
    let mut effects = Vec::new();
    match bench.texts.get(key) {
        Some(text) => {
            let failed = bench.results.get(key).and_then(|results| results.bad().next());
            let slug = failed.and_then(|test| bench.proves(key, test)).map(str::to_owned);
            bench.guide.show(key, &text.guide);
            bench.guide.mark(slug.as_deref());
            if let Some((_, place)) = bench.awaited.take_if(|(stage, _)| stage == key) {
                bench.guide.return_to(place);
            }
        }
        None => effects.push(Effect::LoadStage(key.to_owned())),
    }
    let run = bench.results.get(key).and_then(|results| results.run.clone());
    if let Some(run) = run
        && bench.run.is_none()
        && bench.logged.as_ref() != Some(&run)
    {
        effects.extend(open_logs(bench, run));
    }
    effects
}

/// The logs of a run that has ended.
pub(super) fn open_logs(bench: &mut Workbench, run: PathBuf) -> Vec<Effect> {
    bench.logged = Some(run.clone());
    vec![Effect::OpenLogs { run, live: false }]
}
