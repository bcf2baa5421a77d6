//! Deadlines, loops, names, and many things at once.

use super::{ALONE, EXPECT, Field, HINT, STEPS, Shape, Verb, field, required};

pub const ROUNDS: &[Field] = &[required(
    "at_least",
    Shape::Count,
    "That many rounds pass, or more. A round that fails is reported, and the next begins.",
)];

pub const EVENTUALLY: &[Field] =
    &[field("within", Shape::Duration, "The deadline; `defaults.within` if left out."), STEPS, HINT];

pub const CONSISTENTLY: &[Field] = &[required("for", Shape::Duration, "How long it must hold."), STEPS, HINT];

pub const WHILE: &[Field] =
    &[field("after", Shape::Count, "Begins when that many copies have ended; at once if left out."), STEPS];

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "eventually",
        group: "time",
        takes: Shape::Map(EVENTUALLY),
        beside: ALONE,
        doc: "Repeats its steps until they pass, or the deadline does.",
        example: "- eventually:\n    within: 3s\n    steps:\n      - http: GET /ready\n        expect: { status: 200 }",
    },
    Verb {
        name: "consistently",
        group: "time",
        takes: Shape::Map(CONSISTENTLY),
        beside: ALONE,
        doc: "Repeats its steps for a time; they must pass every time.",
        example: "- consistently:\n    for: 2s\n    steps:\n      - http: GET /kv/$(key)\n        expect: { status: 404 }",
    },
    Verb {
        name: "wait",
        group: "time",
        takes: Shape::Duration,
        beside: &[required("because", Shape::Plain, "Why nothing better than waiting will do."), HINT],
        doc: "Does nothing for a time.",
        example: "- wait: 300ms\n  because: the lease must run out",
    },
    Verb {
        name: "repeat",
        group: "flow",
        takes: Shape::Count,
        beside: &[
            field("as", Shape::Name, "The name of the round's number, from 0; `i` if left out."),
            field("need", Shape::Map(ROUNDS), "How many rounds must pass; all if left out."),
            STEPS,
            HINT,
        ],
        doc: "Runs its steps that many times.",
        example: "- repeat: 4\n  steps:\n    - restart: n1",
    },
    Verb {
        name: "each",
        group: "flow",
        takes: Shape::List,
        beside: &[field("as", Shape::Name, "The name of the item; `item` if left out."), STEPS, HINT],
        doc: "Runs its steps for each item of a list.",
        example: "- each: $(writes)\n  as: write\n  steps:\n    - http: GET /kv/$(write.key)",
    },
    Verb {
        name: "find",
        group: "flow",
        takes: Shape::Name,
        beside: &[
            field("within", Shape::Duration, "The deadline; `defaults.within` if left out."),
            field("save", Shape::Expressions, "Names for later, over its answer as in `http`."),
            HINT,
        ],
        doc: "Waits until a node has this role of challenge.yaml.",
        example: "- find: leader\n  save: { old: node, term: json.term }",
    },
    Verb {
        name: "set",
        group: "flow",
        takes: Shape::Values,
        beside: ALONE,
        doc: "Gives names to values.",
        example: "- set: { key: $(random_key()), value: $(random_text(100)) }",
    },
    Verb {
        name: "compare",
        group: "flow",
        takes: Shape::Any,
        beside: &[required("is", Shape::Matcher, "What the value must be."), HINT],
        doc: "Checks a value that was made from what was saved: whether any answer came twice, say.",
        example: "- set: { ids: [4, 5] }\n- compare: $(ids | unique | list)\n  is: $(ids)",
    },
    Verb {
        name: "use",
        group: "flow",
        takes: Shape::Name,
        beside: ALONE,
        doc: "Runs steps of the pack's shared.yaml, which see and set the names of whoever uses them.",
        example: "- use: fill",
    },
    Verb {
        name: "concurrently",
        group: "many at once",
        takes: Shape::Count,
        beside: &[
            field("as", Shape::Name, "The name of the copy's number, from 0; `i` if left out."),
            field("in_flight", Shape::Count, "How many run at once; 32 if left out, 64 at most."),
            field("for", Shape::Duration, "No copy starts after this time once `at_least` have passed."),
            STEPS,
            field("while", Shape::Map(WHILE), "Steps run once beside the copies."),
            field(
                "unanswered",
                Shape::WordOr("allowed", EXPECT),
                "A copy that is refused, reset, closed or timed out is left out; with a map, so is one whose answer matches it. A wrong answer still fails.",
            ),
            field(
                "keep",
                Shape::Name,
                "The name for the list of copies that passed, each with its number and what it saved.",
            ),
            field("at_least", Shape::Count, "If fewer copies pass, the step fails; 1 if left out."),
            HINT,
        ],
        doc: "Runs many copies of its steps at once.",
        example: "- concurrently: 200\n  in_flight: 32\n  steps:\n    - set: { key: $(random_key()) }\n    - http: PUT /kv/$(key)\n      body: $(key)\n      expect: { status: 200 }\n      save: { key: key }\n  keep: writes",
    },
];
