use lsfr::challenge::*;
use lsfr::scenario::decode;
use lsfr::yaml::Source;
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    match args.next() {
        Some(command) if command == "__guard" => lsfr::cluster::guard::main(),
        Some(command) if command == "__reference" => lsfr::reference::main(args),
        Some(project) => {
            let root = std::path::Path::new("/work/main/challenges/kv-store");
            let around = decode::Surroundings {
                roles: Default::default(),
                shared: decode::shared(&Source::new(
                    "shared.yaml",
                    std::fs::read_to_string(root.join("shared.yaml")).unwrap(),
                ))
                .unwrap(),
            };
            let stages = args
                .map(|s| {
                    let key = s.to_string_lossy().to_string();
                    let src: Arc<Source> = Source::new(
                        "tests.yaml",
                        std::fs::read_to_string(root.join("stages").join(&key).join("tests.yaml")).unwrap(),
                    );
                    let tests = decode::tests(&src, &around).unwrap_or_else(|e| {
                        for e in e {
                            eprintln!("{e}\n");
                        }
                        std::process::exit(2)
                    });
                    Stage { key: key.clone(), title: key, tests, guide: Guide }
                })
                .collect();
            let folder = std::path::PathBuf::from(&project).join(".run");
            let _ = std::fs::remove_dir_all(&folder);
            std::fs::create_dir_all(&folder).unwrap();
            let plan = lsfr::runner::Plan {
                project: std::path::PathBuf::from(&project),
                folder,
                folder_name: ".run".into(),
                challenge: Challenge { key: "kv".into(), program: Program::Server, roles: vec![] },
                stages,
                only: std::env::var("ONLY").ok(),
                seed: 1,
                build: None,
                guard: std::env::current_exe().unwrap(),
                time: String::new(),
            };
            let rt = tokio::runtime::Runtime::new().unwrap();
            rt.block_on(async {
                let (tx, mut rx) = tokio::sync::mpsc::unbounded_channel::<lsfr::runner::event::Stamped>();
                let t = tokio::spawn(async move {
                    while let Some(e) = rx.recv().await {
                        let all = std::env::var("ALL").is_ok();
                        match &e.event {
                            lsfr::runner::event::Event::TestEnded { test, took, verdict, .. } => println!(
                                "{:?} {test} {took:?} {}",
                                e.at,
                                serde_json::to_string(&verdict).unwrap().chars().take(1500).collect::<String>()
                            ),
                            _ if all => println!(
                                "{}",
                                serde_json::to_string(&e).unwrap().chars().take(300).collect::<String>()
                            ),
                            lsfr::runner::event::Event::RunEnded { .. }
                            | lsfr::runner::event::Event::StageEnded { .. } => {
                                println!("{}", serde_json::to_string(&e).unwrap())
                            }
                            _ => {}
                        }
                    }
                });
                let o = lsfr::runner::run(plan, tx, std::future::pending()).await;
                t.await.unwrap();
                println!("{o:?}");
            });
            ExitCode::SUCCESS
        }
        _ => ExitCode::from(2),
    }
}
