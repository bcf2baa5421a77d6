//! Types, and how many bytes each takes: int 4, long and pointers 8, as on 64-bit Linux.

use super::bug::Bug;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Integer {
    /// Bytes.
    pub(super) size: u64,
    pub(super) signed: bool,
}

pub(super) const CHAR: Integer = Integer { size: 1, signed: true };
pub(super) const INT: Integer = Integer { size: 4, signed: true };
pub(super) const UNSIGNED: Integer = Integer { size: 4, signed: false };
pub(super) const LONG: Integer = Integer { size: 8, signed: true };
pub(super) const UNSIGNED_LONG: Integer = Integer { size: 8, signed: false };

impl Integer {
    /// The largest value.
    pub(super) fn most(self) -> u64 {
        let all = u64::MAX >> (64 - 8 * self.size);
        if self.signed { all >> 1 } else { all }
    }

    /// The value that these bits have in this type.
    pub(super) fn wrap(self, value: i64) -> i64 {
        match (self.size, self.signed) {
            (1, true) => i64::from(value as i8),
            (1, false) => i64::from(value as u8),
            (2, true) => i64::from(value as i16),
            (2, false) => i64::from(value as u16),
            (4, true) => i64::from(value as i32),
            (4, false) => i64::from(value as u32),
            _ => value,
        }
    }

    /// Types narrower than int are int in arithmetic.
    pub(super) fn promoted(self) -> Integer {
        if self.size < 4 { INT } else { self }
    }

    /// The common type of two operands: the wider one or, if they are equally wide, the unsigned one.
    pub(super) fn common(self, other: Integer) -> Integer {
        let (left, right) = (self.promoted(), other.promoted());
        match left.size.cmp(&right.size) {
            std::cmp::Ordering::Greater => left,
            std::cmp::Ordering::Less => right,
            std::cmp::Ordering::Equal => Integer { size: left.size, signed: left.signed && right.signed },
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    Void,
    Integer(Integer),
    Pointer(Box<Type>),
    /// Without a length only until its initialiser is read, or as declared elsewhere.
    Array(Box<Type>, Option<u64>),
    /// By its place in [`Structs`].
    Struct(usize),
    Function(Box<Signature>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Signature {
    pub(super) result: Type,
    pub(super) parameters: Vec<Type>,
    /// It ends with `...`.
    pub(super) variadic: bool,
    /// It was written `()`, which says nothing of its parameters.
    pub(super) unknown: bool,
}

impl Type {
    pub(super) fn pointer(to: Type) -> Type {
        Type::Pointer(Box::new(to))
    }

    pub(super) fn integer(&self) -> Option<Integer> {
        match self {
            Type::Integer(integer) => Some(*integer),
            _ => None,
        }
    }

    /// A number or a pointer: what conditions and comparisons take.
    pub(super) fn is_scalar(&self) -> bool {
        matches!(self, Type::Integer(_) | Type::Pointer(_))
    }

    /// How its values are held in a register: pointers as unsigned numbers.
    pub(super) fn register(&self) -> Integer {
        self.integer().unwrap_or(UNSIGNED_LONG)
    }

    /// Whether one object or function can be declared with both.
    pub(super) fn agrees_with(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::Array(one, length), Type::Array(two, other)) => {
                one == two && (length.is_none() || other.is_none() || length == other)
            }
            (Type::Function(one), Type::Function(two)) => {
                one.result == two.result
                    && (one.unknown
                        || two.unknown
                        || (one.parameters == two.parameters && one.variadic == two.variadic))
            }
            _ => self == other,
        }
    }

    /// What both declarations together say, where they agree: the length of an array, the parameters of a function.
    pub(super) fn composed_with(&self, other: &Type) -> Type {
        match self {
            Type::Array(_, None) => other.clone(),
            Type::Function(signature) if signature.unknown => other.clone(),
            _ => self.clone(),
        }
    }

    pub(super) fn describe(&self, structs: &Structs) -> String {
        match self {
            Type::Void => "void".to_owned(),
            Type::Integer(Integer { size, signed }) => {
                let word = ["char", "short", "int", "long"][size.ilog2() as usize];
                if *signed { word.to_owned() } else { format!("unsigned {word}") }
            }
            Type::Pointer(to) => format!("pointer to {}", to.describe(structs)),
            Type::Array(of, Some(length)) => format!("array of {length} {}", of.describe(structs)),
            Type::Array(of, None) => format!("array of {}", of.describe(structs)),
            Type::Struct(at) => structs.0[*at].describe(),
            Type::Function(_) => "function".to_owned(),
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) kind: Type,
    pub(super) offset: u64,
}

#[derive(Debug, Default)]
pub(super) struct Struct {
    pub(super) tag: Option<String>,
    /// None as long as only its name is known.
    pub(super) members: Option<Vec<Member>>,
    size: u64,
    align: u64,
}

impl Struct {
    pub(super) fn describe(&self) -> String {
        match &self.tag {
            Some(tag) => format!("struct {tag}"),
            None => "struct without a tag".to_owned(),
        }
    }
}

/// All structs of a file.
#[derive(Debug, Default)]
pub(super) struct Structs(pub(super) Vec<Struct>);

impl Structs {
    /// The size of an object of the type, or none if there can be no such object.
    pub(super) fn size(&self, kind: &Type) -> Option<u64> {
        match kind {
            Type::Void | Type::Function(_) => None,
            Type::Integer(integer) => Some(integer.size),
            Type::Pointer(_) => Some(8),
            Type::Array(of, length) => self.size(of)?.checked_mul((*length)?),
            Type::Struct(at) => self.0[*at].members.as_ref().map(|_| self.0[*at].size),
        }
    }

    pub(super) fn align(&self, kind: &Type) -> u64 {
        match kind {
            Type::Void | Type::Function(_) => 1,
            Type::Integer(integer) => integer.size,
            Type::Pointer(_) => 8,
            Type::Array(of, _) => self.align(of),
            Type::Struct(at) => self.0[*at].align,
        }
    }

    /// A struct whose members are not known yet.
    pub(super) fn declare(&mut self, tag: Option<String>) -> usize {
        self.0.push(Struct { tag, ..Struct::default() });
        self.0.len() - 1
    }

    /// Lays the members of a struct out, each at the next place that suits its alignment.
    pub(super) fn define(&mut self, at: usize, members: Vec<(String, Type)>, bug: Bug) {
        let (mut size, mut align) = (0u64, 1);
        let mut placed = Vec::new();
        for (name, kind) in members {
            let wanted = if bug == Bug::MembersPacked { 1 } else { self.align(&kind) };
            size = size.next_multiple_of(wanted);
            align = align.max(wanted);
            let offset = size;
            size += self.size(&kind).unwrap_or(0);
            placed.push(Member { name, kind, offset });
        }
        let one = &mut self.0[at];
        one.size = if bug == Bug::StructsEndUnpadded { size } else { size.next_multiple_of(align) };
        one.align = align;
        one.members = Some(placed);
    }

    pub(super) fn member(&self, at: usize, name: &str) -> Option<&Member> {
        self.0[at].members.as_ref()?.iter().find(|member| member.name == name)
    }
}
