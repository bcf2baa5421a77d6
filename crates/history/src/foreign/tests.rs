use super::*;
use crate::{Action, Limits, Operation, Outcome, Verdict, judge};

fn read(text: &str) -> History {
    History::read_as(None, text.as_bytes()).unwrap()
}

fn broken(text: &str) -> String {
    History::read_as(None, text.as_bytes()).unwrap_err().to_string()
}

fn title(history: &History) -> Option<String> {
    match judge(history, &Limits::default()).verdict {
        Verdict::Violation(explanation) => Some(explanation.title),
        Verdict::Ok => None,
        Verdict::Unknown { reason } => panic!("{reason}"),
    }
}

const CAS: &str = "{:type :invoke, :f :write, :value 3, :process 0, :time 1000, :index 0}
{:type :ok, :f :write, :value 3, :process 0, :time 2000, :index 1}
; a comment
{:type :info, :f :start, :value nil, :process :nemesis, :time 2500}
{:type :invoke, :f :cas, :value [3 4], :process 1, :time 3000}
#_ {:type :nonsense}
{:type :ok, :f :cas, :value [3 4], :process 1, :time 3000}
{:type :invoke, :f :write, :value 5, :process 0, :time 4000}
{:type :info, :f :write, :value 5, :process 0, :time 5000, :error [:timeout \"no\\nanswer\"]}
{:type :invoke, :f :read, :value nil, :process 1, :time 6000}
{:type :ok, :f :read, :value 4, :process 1, :time 7000}
";

#[test]
fn registers_of_jepsen() {
    let history = read(CAS);
    let [write, cas, lost, read_back] = &history.operations[..] else { panic!("{history:?}") };
    assert_eq!((write.client, &write.action), (0, &Action::Write { value: "3".into() }));
    assert_eq!(cas.action, Action::CompareAndSet { from: Some("3".into()), to: Some("4".into()) });
    // Of two events with one time, the first came first.
    assert!(cas.called < cas.returned.unwrap());
    assert_eq!((lost.outcome, lost.note.as_deref()), (Outcome::Unknown, Some("timeout")));
    assert_eq!(read_back.action, Action::Read { value: Some("4".into()) });
    assert_eq!(title(&history), None);
    let in_a_vector = read(&format!("[{CAS}]"));
    assert_eq!(in_a_vector, history);
    assert_eq!(title(&read(&CAS.replace(":f :read, :value 4", ":f :read, :value 3"))).as_deref(), Some("stale read"));
}

#[test]
fn independent_registers_of_jepsen() {
    let history = read(
        "{:type :invoke, :f :write, :value [:x 3], :process 0}
        {:type :ok, :f :write, :value [:x 3], :process 0}
        {:type :invoke, :f :cas, :value #jepsen.independent/tuple [:x [3 4]], :process 0}
        {:type :fail, :f :cas, :value [:x [3 4]], :process 0}
        {:type :invoke, :f :read, :value [:y nil], :process 1}
        {:type :ok, :f :read, :value [:y nil], :process 1}",
    );
    let keys: Vec<&str> = history.operations.iter().map(|operation| &*operation.key).collect();
    assert_eq!(keys, ["x", "x", "y"]);
    assert_eq!(history.operations[1].outcome, Outcome::No);
    assert_eq!(history.operations[2].action, Action::Read { value: None });
}

/// The example of Elle's paper has this shape: no processes, no times.
#[test]
fn transactions_of_elle() {
    let history = read(
        "{:index 0 :type :invoke  :value [[:append 253 1] [:append 253 3] [:append 255 2]]}
        {:index 1 :type :ok      :value [[:append 253 1] [:append 253 3] [:append 255 2]]}
        {:index 2 :type :invoke, :value [[:append 255 8] [:r 253 nil]]}
        {:index 3 :type :ok,     :value [[:append 255 8] [:r 253 [1 3]]]}
        {:index 4 :type :invoke, :f :txn, :value [[:r 255 nil] [:append 253 4]]}
        {:index 5 :type :ok,     :f :txn, :value [[:r 255 [2]] [:append 253 4]]}",
    );
    assert_eq!(history.operations.len(), 3);
    assert_eq!(title(&history).as_deref(), Some("write skew (G2)"));
}

#[test]
fn the_log_of_etcd() {
    let log = "INFO  jepsen.util - 2\\t:invoke\\t:write\\t4
INFO  jepsen.util - 2\\t:ok\\t:write\\t4

INFO  jepsen.util - :nemesis\\t:info\\t:start\\tnil
INFO  jepsen.util - 1\\t:invoke\\t:cas\\t[3 0]
INFO  jepsen.util - 1\\t:fail\\t:cas\\t[3 0]
INFO  jepsen.util - 3\\t:invoke\\t:cas\\t[4 7]
INFO  jepsen.util - 3\\t:info\\t:cas\\t:timed-out
INFO  jepsen.util - 1\\t:invoke\\t:read\\tnil
INFO  jepsen.util - 1\\t:ok\\t:read\\t7
"
    .replace("\\t", "\t");
    let history = read(&log);
    let outcomes: Vec<Outcome> = history.operations.iter().map(|operation| operation.outcome).collect();
    assert_eq!(outcomes, [Outcome::Ok, Outcome::Unmet, Outcome::Unknown, Outcome::Ok]);
    assert_eq!(history.operations[2].action, Action::CompareAndSet { from: Some("4".into()), to: Some("7".into()) });
    assert_eq!(title(&history), None);
    assert!(title(&read(&log.replace("[3 0]", "[4 0]"))).is_some());
    assert_eq!(title(&read(&log.replace("read\t7", "read\tnil"))).as_deref(), Some("stale read"));
}

#[test]
fn what_is_broken_is_named_with_its_line() {
    assert_eq!(
        broken("{:type :ok, :f :read, :value 1, :process 0}"),
        "line 1: process 0 had not begun what ends here"
    );
    let twice =
        "{:type :invoke, :f :read, :value nil, :process 0}\n{:type :invoke, :f :read, :value nil, :process 0}";
    assert_eq!(broken(twice), "line 2: process 0 is still at what it began in line 1");
    assert_eq!(broken("\n{:type :invoke, :f [1 2"), "line 2: what begins here does not end: no `]`");
    assert_eq!(broken("{:type :invoke, :f (1 2]}"), "line 1: `]` stands where `)` is missing");
    assert!(broken("{:type :invoke, :f :enqueue, :value 1, :process 0}").contains("what :enqueue is"));
    assert!(broken("{:type :invoke, :f :txn, :value [[:w 1 2]], :process 0}").contains("on registers (:w)"));
    assert!(broken("{:typ :invoke}").contains("an event is a map with :type"));
    assert!(broken(&format!("{{:type {}", "[".repeat(1_000_000))).contains("nested too deep"));
    assert!(broken("INFO  jepsen.util - 0 :invoke :read").contains("an event is a process"));
    let other = History::read_as(Some(Format::Jepsen), "{\"client\":1}".as_bytes()).unwrap_err().to_string();
    assert!(other.contains("an event is a map with :type"), "{other}");
}

#[test]
fn lsfrs_own_format_may_begin_with_blank_lines() {
    let history =
        read("\n\n{\"client\":1,\"key\":\"x\",\"op\":\"delete\",\"called\":1,\"returned\":2,\"outcome\":\"ok\"}\n");
    assert!(matches!(&history.operations[..], [Operation { action: Action::Delete, .. }]));
    assert_eq!(read(""), History::default());
}
