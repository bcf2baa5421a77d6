//! Expressions: what stands in `$(…)`, evaluated by minijinja with lsfr's own functions and no statements.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, LazyLock};

use minijinja::value::{Object, Serde, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State};
use serde_json::Value as Json;

use super::draw::Draw;
use super::limits::MEMORY;
use super::memory::{Charge, Excess, Memory};
use super::verbs::FUNCTIONS;
use crate::facts::Source;

/// Enough for any honest expression; others end here.
pub(super) const FUEL: u64 = 100_000;
/// The longest text that can be drawn: in proportion to the fuel.
const MAX_TEXT: usize = 6 << 20;
/// How deep in a value items of lists are looked for, and in how long a list.
const DEEP: usize = 2;
const MOST_WITHIN: usize = 32;
const DRAW: &str = "\0draw";

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut env = Environment::new();
    env.set_fuel(Some(FUEL));
    env.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    env.add_function("random_key", |state: &State<'_, '_>| {
        drawn(state, |stream| stream.text(b"abcdefghijklmnopqrstuvwxyz0123456789", 12))
    });
    env.add_function("random_text", |state: &State<'_, '_>, length: usize| {
        if length > MAX_TEXT {
            return Err(Error::new(ErrorKind::InvalidOperation, format!("a text has at most {MAX_TEXT} bytes")));
        }
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        drawn(state, |stream| stream.text(letters, length))
    });
    env.add_function("random_int", |state: &State<'_, '_>, low: i64, high: i64| {
        if low > high {
            return Err(Error::new(ErrorKind::InvalidOperation, format!("no number is from {low} to {high}")));
        }
        drawn(state, |stream| stream.between(low, high))
    });
    env.add_function("random_choice", |state: &State<'_, '_>, items: Vec<Value>| {
        if items.is_empty() {
            return Err(Error::new(ErrorKind::InvalidOperation, "there is nothing to choose from"));
        }
        drawn(state, |stream| items[stream.below(items.len() as u64) as usize].clone())
    });
    env.add_function("random_of", |state: &State<'_, '_>, items: Vec<Value>, count: usize| {
        if items.len() < count {
            let message = format!("{count} of {} cannot be chosen", items.len());
            return Err(Error::new(ErrorKind::InvalidOperation, message));
        }
        drawn(state, |stream| stream.choose(&items, count))
    });
    env.add_function("bytes", |text: &str| text.len());
    env
});

fn drawn<T>(state: &State<'_, '_>, take: impl FnOnce(&mut super::draw::Stream) -> T) -> Result<T, Error> {
    let place = state.lookup(DRAW);
    let draw = place.as_ref().and_then(|value| value.downcast_object_ref::<DrawHandle>());
    let draw = draw.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "nothing can be drawn here"))?;
    Ok(take(&mut draw.0.next()))
}

#[derive(Debug)]
struct DrawHandle(Arc<Draw>);

impl Object for DrawHandle {}

/// The names an expression can see, and where its random draws are made.
#[derive(Clone, Debug)]
pub struct Scope {
    names: BTreeMap<Arc<str>, Held>,
    /// Names given since the last [`Scope::fork`].
    own: BTreeSet<Arc<str>>,
    draw: Arc<Draw>,
    memory: Arc<Memory>,
    /// What the step under way has made.
    made: Arc<Charge>,
}

/// A value and, if a pack has made it, the memory it takes.
#[derive(Clone, Debug)]
struct Held {
    value: Value,
    charge: Option<Arc<Charge>>,
    /// The latest answer that the value comes from.
    source: Option<Arc<Source>>,
    /// The same for each item, where the value is a list of what copies of steps have named.
    items: Option<Arc<Vec<Option<Arc<Source>>>>>,
}

/// The names of a copy that has ended, charged for as long as this lives.
#[derive(Debug)]
pub struct Kept {
    pub names: Value,
    /// The latest answer that any of them comes from.
    pub source: Option<Arc<Source>>,
    _charges: Vec<Arc<Charge>>,
}

impl Scope {
    pub fn new(draw: Draw) -> Self {
        Self::within(draw, Memory::new(MEMORY))
    }

    /// A scope whose values are charged to this account.
    pub fn within(draw: Draw, memory: Arc<Memory>) -> Self {
        let made = Arc::new(memory.charge());
        Self { names: BTreeMap::new(), own: BTreeSet::new(), draw: Arc::new(draw), memory, made }
    }

    /// The same names, for a copy that diverges from here on.
    pub fn fork(&self) -> Self {
        Self { own: BTreeSet::new(), ..self.clone() }
    }

    /// What was named since the fork, as one value.
    pub fn own_names(&self) -> Kept {
        let held = || self.own.iter().filter_map(|name| Some((name, self.names.get(name)?)));
        Kept {
            names: Value::from_pairs(held().map(|(name, held)| (name.to_string(), held.value.clone()))),
            source: held().filter_map(|(_, held)| held.source.clone()).max_by_key(|source| source.at()),
            _charges: held().filter_map(|(_, held)| held.charge.clone()).collect(),
        }
    }

    /// Moves to another place: the step there draws and makes values of its own.
    pub fn draw_at(&mut self, draw: Draw) {
        self.draw = Arc::new(draw);
        self.made = Arc::new(self.memory.charge());
    }

    pub fn draw(&self) -> &Draw {
        &self.draw
    }

    /// What the current step has made. Keep it for as long as it is used while other steps run.
    pub fn made(&self) -> Arc<Charge> {
        Arc::clone(&self.made)
    }

    /// Names something of lsfr's own, or an answer while it is being looked at.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.hold(name, Held { value: value.into(), charge: None, source: None, items: None });
    }

    pub fn set_json(&mut self, name: &str, value: &Json) {
        self.set(name, Value::from(Serde(value)));
    }

    /// Names what the pack wants to keep, if there is room for it. `source`: the answer that it comes from, if any.
    pub fn save(&mut self, name: &str, value: Value, source: Option<Arc<Source>>) -> Result<(), EvalError> {
        let charge = self.memory.charge();
        charge.take_value(&value)?;
        self.hold(name, Held { value, charge: Some(Arc::new(charge)), source, items: None });
        Ok(())
    }

    /// Names a list, of which each item comes from an answer of its own, if there is room for it.
    pub fn save_list(
        &mut self,
        name: &str,
        items: Vec<Value>,
        sources: Vec<Option<Arc<Source>>>,
    ) -> Result<(), EvalError> {
        let charge = self.memory.charge();
        let value = Value::from(items);
        charge.take_value(&value)?;
        let items = Some(Arc::new(sources));
        self.hold(name, Held { value, charge: Some(Arc::new(charge)), source: None, items });
        Ok(())
    }

    /// Names an item of a list that an expression with these names has given, with the answer that it comes from: that of
    /// the same item of a list that remembers it. Of several that are the same, the one at this place is meant.
    pub fn set_item(&mut self, name: &str, place: usize, item: Value, names: &[String]) {
        let source = names.iter().find_map(|list| {
            let held = self.names.get(list.as_str())?;
            let sources = held.items.as_ref()?;
            let same = |at: &usize| held.value.get_item_by_index(*at).is_ok_and(|other| other == item);
            let mut places = (0..sources.len()).filter(same);
            let at = if same(&place) { Some(place) } else { places.next().filter(|_| places.next().is_none()) };
            sources.get(at?)?.clone()
        });
        self.hold(name, Held { value: item, charge: None, source, items: None });
    }

    /// The latest answer that any of these names comes from.
    pub fn source(&self, names: &[String]) -> Option<Arc<Source>> {
        let sources = names.iter().filter_map(|name| self.names.get(name.as_str())?.source.clone());
        sources.max_by_key(|source| source.at())
    }

    /// All answers that these names come from, the oldest first. What holds items of a list comes from their answers.
    pub fn sources(&self, names: &[String]) -> Vec<Source> {
        let held = names.iter().filter_map(|name| self.names.get(name.as_str()));
        let mut sources: Vec<Source> = Vec::new();
        for held in held {
            match &held.source {
                Some(source) => sources.push(source.as_ref().clone()),
                None => self.sources_within(&held.value, DEEP, &mut sources),
            }
        }
        sources.sort_by_key(Source::at);
        sources.dedup();
        sources
    }

    /// The answers that items come from which are in a value.
    fn sources_within(&self, value: &Value, deep: usize, found: &mut Vec<Source>) {
        let before = found.len();
        for list in self.names.values() {
            let Some(sources) = &list.items else { continue };
            let same = |at: &usize| list.value.get_item_by_index(*at).is_ok_and(|item| item == *value);
            let same = (0..sources.len()).filter(same).filter_map(|at| sources[at].as_deref().cloned());
            found.extend(same);
        }
        let is_list = matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable);
        if found.len() > before || deep == 0 || !is_list || value.len().is_none_or(|items| items > MOST_WITHIN) {
            return;
        }
        for item in value.try_iter().into_iter().flatten() {
            self.sources_within(&item, deep - 1, found);
        }
    }

    /// Charges this many bytes for as long as the result lives.
    pub fn charge(&self, bytes: usize) -> Result<Charge, EvalError> {
        let charge = self.memory.charge();
        charge.take(bytes as u64)?;
        Ok(charge)
    }

    fn hold(&mut self, name: &str, held: Held) {
        let name: Arc<str> = name.into();
        self.own.insert(name.clone());
        self.names.insert(name, held);
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.names.get(name).map(|held| &held.value)
    }

    pub fn remove(&mut self, name: &str) {
        self.names.remove(name);
        self.own.remove(name);
    }
}

/// What minijinja looks names up in.
#[derive(Debug)]
struct Context(Scope);

impl Object for Context {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            DRAW => Some(Value::from_object(DrawHandle(self.0.draw.clone()))),
            name => self.0.get(name).cloned(),
        }
    }
}

/// An expression that compiled.
#[derive(Clone)]
pub struct Expression {
    text: Arc<str>,
    compiled: Arc<minijinja::Expression<'static, 'static>>,
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "$({})", self.text)
    }
}

/// Why an expression has no value.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EvalError {
    /// It asked for something that an answer does not contain: the program's failure, not the pack's.
    #[error("there is no `{0}`")]
    Undefined(String),
    #[error("`$({expression})` cannot be evaluated: {reason}")]
    Failed { expression: String, reason: String },
    /// The pack asks for more than any test may have.
    #[error("{0}")]
    TooMuch(#[from] Excess),
}

impl Expression {
    /// Compiles `text`, or says in a few words why it cannot be read.
    pub fn compile(text: &str) -> Result<Self, String> {
        let compiled = ENVIRONMENT.compile_expression_owned(text.to_owned()).map_err(|error| reason(&error))?;
        Ok(Self { text: text.into(), compiled: Arc::new(compiled) })
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names it needs from outside, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.compiled.undeclared_variables(false).into_iter().collect();
        names.retain(|name| !FUNCTIONS.iter().any(|function| function.name == name));
        names.sort();
        names
    }

    pub fn eval(&self, scope: &Scope) -> Result<Value, EvalError> {
        let value = self.compiled.eval(Value::from_object(Context(scope.clone()))).map_err(|error| {
            if error.kind() == ErrorKind::UndefinedError {
                EvalError::Undefined(self.text.to_string())
            } else {
                EvalError::Failed { expression: self.text.to_string(), reason: reason(&error) }
            }
        })?;
        if value.is_undefined() { Err(EvalError::Undefined(self.text.to_string())) } else { Ok(value) }
    }
}

fn reason(error: &Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        let mut scope = Scope::new(Draw::new("test"));
        scope.set("term", 3);
        scope.set_json("json", &serde_json::json!({"leader": "n2", "peers": ["n1", "n3"]}));
        scope
    }

    fn eval(text: &str) -> Result<Json, EvalError> {
        Expression::compile(text).unwrap().eval(&scope()).map(|value| serde_json::to_value(value).unwrap())
    }

    #[test]
    fn values_keep_their_types() {
        assert_eq!(eval("term + 1").unwrap(), 4);
        assert_eq!(eval("json.peers | length").unwrap(), 2);
        assert_eq!(eval("'x' * 3").unwrap(), "xxx");
        assert_eq!(eval("random_text(10000) | length").unwrap(), 10000);
        assert!(
            eval(&format!("random_text({MAX_TEXT})")).is_ok()
                && eval(&format!("random_text({MAX_TEXT} + 1)")).is_err()
        );
        assert_eq!(eval("json").unwrap()["leader"], "n2");
        assert_eq!(eval("random_of(json.peers, 2)").unwrap(), serde_json::json!(["n1", "n3"]));
        assert_eq!(eval("random_of(json.peers, 1) | length").unwrap(), 1);
        assert_ne!(eval("random_key() == random_key()").unwrap(), true);
    }

    #[test]
    fn what_is_not_there_is_told_apart_from_what_cannot_work() {
        assert!(matches!(eval("json.term"), Err(EvalError::Undefined(name)) if name == "json.term"));
        assert!(matches!(eval("json.term.x"), Err(EvalError::Undefined(_))));
        assert!(matches!(eval("1 + 'a'"), Err(EvalError::Failed { .. })));
        assert!(matches!(eval("random_of(json.peers, 3)"), Err(EvalError::Failed { .. })));
        assert!(matches!(eval("random_int(2, 1)"), Err(EvalError::Failed { .. })));
        assert!(matches!(eval("range(100000) | list | length"), Err(EvalError::Failed { .. })));
        assert!(Expression::compile("1 +").is_err());
    }

    #[test]
    fn the_names_it_needs_are_known_before_it_runs() {
        let names = Expression::compile("old.term + random_int(1, n) + range(3) | length").unwrap().names();
        assert_eq!(names, ["n", "old"]);
    }

    #[test]
    fn an_item_of_a_kept_list_remembers_the_answer_that_it_comes_from() {
        let answer = |at: u64| {
            let source = Source::Answer {
                id: None,
                node: "n1".into(),
                method: "PUT".into(),
                path: format!("/kv/{at}"),
                status: 200,
                at: std::time::Duration::from_millis(at),
            };
            Arc::new(source)
        };
        let mut scope = scope();
        let copies = [1, 2].map(|at| {
            let mut copy = scope.fork();
            copy.save("key", Value::from(at), Some(answer(at))).unwrap();
            copy.own_names()
        });
        let sources = copies.iter().map(|copy| copy.source.clone()).collect();
        scope.save_list("writes", copies.iter().map(|copy| copy.names.clone()).collect(), sources).unwrap();
        let list = scope.get("writes").unwrap().clone();
        let item = |place| list.get_item_by_index(place).unwrap();
        let names = ["writes".to_owned()];
        scope.set_item("write", 1, item(1), &names);
        assert_eq!(scope.source(&["write".to_owned()]), Some(answer(2)));
        scope.set_item("write", 1, item(0), &names);
        assert_eq!(scope.source(&["write".to_owned()]), Some(answer(1)), "the list was put in another order");
        scope.set("group", Value::from(vec![Value::from("a"), Value::from(vec![item(1), item(0)])]));
        let sources = scope.sources(&["group".to_owned()]);
        assert_eq!(sources.iter().collect::<Vec<_>>(), [&*answer(1), &*answer(2)]);
        let twice = || vec![Some(answer(1)), Some(answer(2))];
        scope.save_list("writes", vec![item(0), item(0), item(1)], [twice(), vec![None]].concat()).unwrap();
        scope.set_item("write", 2, item(0), &names);
        assert_eq!(scope.source(&["write".to_owned()]), None, "which of the two, nobody can say");
    }
}
