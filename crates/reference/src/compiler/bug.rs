//! The seeded bugs: mistakes that learners make, each switched on by its name. A bug shows in its stage and in no
//! earlier one.

use crate::SeededBug;

seeded_bugs! {
    "integers" {
        CommentEndsAtStar "comment-ends-at-star" "A comment ends at its first star, not at the star and slash."
        LinesInCommentsUncounted "lines-in-comments-uncounted" "Lines within a comment are not counted."
        OctalReadAsDecimal "octal-read-as-decimal" "A number that begins with 0 is read as decimal."
        LettersEndNumbers "letters-end-numbers" "Letters after the digits of a number are skipped."
        SlashClosesComment "slash-closes-comment" "The star of /* ends the comment, too, if a slash is behind it."
    }
    "operators" {
        MinusGroupsRight "minus-groups-right" "a - b - c is a - (b - c)."
        DivisionRoundsDown "division-rounds-down" "Division rounds down, not towards zero."
        ShiftBindsTighter "shift-binds-tighter" "Shifts bind as tightly as multiplication."
    }
    "comparison-and-logic" {
        LessOrEqualIsLess "less-or-equal-is-less" "<= is <."
        EqualityBindsLikeLess "equality-binds-like-less" "== and < have one precedence."
        AndGivesRightValue "and-gives-right-value" "&& gives the value of its right operand, not 0 or 1."
        OrEvaluatesBoth "or-evaluates-both" "|| always evaluates its right operand."
    }
    "variables" {
        LaterInitialisersIgnored "later-initialisers-ignored" "Of `int a = 1, b = 2;` only the first gets its value."
        PostfixGivesNew "postfix-gives-new" "x++ gives the value after it."
        CompoundTakesFirstTerm "compound-takes-first-term" "a -= b - c is (a -= b) - c."
        VariablesSubtractedBackwards "variables-subtracted-backwards" "A variable is what is subtracted from, wherever it stands."
        UndeclaredIsNewVariable "undeclared-is-new-variable" "A name that was not declared is a new variable."
        ProductsWithZeroDropped "products-with-zero-dropped" "x * 0 and x & 0 are 0, and x is not evaluated."
        PlainStatementsDropped "plain-statements-dropped" "A statement such as `a++ + 1;` is left out."
        SignKeepsPlace "sign-keeps-place" "+a can be assigned to."
        MistakesAtStatement "mistakes-at-statement" "A mistake is named with the line where its statement begins."
    }
    "conditionals" {
        ElseOfOutermostIf "else-of-outermost-if" "An else belongs to the first if, not to the nearest."
        IfTestsForOne "if-tests-for-one" "An if takes 1 alone for true."
        IfsLookAt8Bits "ifs-look-at-8-bits" "An if looks at the lowest 8 bits of its condition."
        ConditionalEvaluatesBoth "conditional-evaluates-both" "?: evaluates both its results."
        NegatedOrByParts "negated-or-by-parts" "The condition !(a || b) is !a || !b."
    }
    "blocks" {
        ScopesNeverEnd "scopes-never-end" "Names of a block are known after it."
        InnerNameSharesOuter "inner-name-shares-outer" "A variable of an inner block is the outer one of its name."
    }
    "loops" {
        ContinueSkipsStep "continue-skips-step" "continue jumps over the last part of a for."
        ContinueRestartsDo "continue-restarts-do" "continue in a do loop begins the next round without a test."
        LoopsLookAt8Bits "loops-look-at-8-bits" "A loop looks at the lowest 8 bits of its condition."
        DoTestsFirst "do-tests-first" "A do loop tests before its first round."
        LoopsHideCases "loops-hide-cases" "A case in a loop is not of the switch around the loop."
        CasesEndThemselves "cases-end-themselves" "A case ends where the next begins."
        DefaultTakenInItsPlace "default-taken-in-its-place" "Cases after the default are never reached."
        JumpsOutsideIgnored "jumps-outside-ignored" "break and continue outside of a loop are let pass."
    }
    "functions" {
        ArgumentsStraightToRegisters "arguments-straight-to-registers" "A call among arguments overwrites those before it."
        SeventhArgumentLost "seventh-argument-lost" "Only what is passed in registers arrives."
        VariablesAreStatic "variables-are-static" "All calls of a function share its variables."
        TooManyArgumentsAccepted "too-many-arguments-accepted" "Arguments beyond the parameters are let pass."
        CommaEndsArguments "comma-ends-arguments" "A comma may stand after the last argument."
        PrototypesNotCompared "prototypes-not-compared" "A function may be declared in two ways."
    }
    "globals" {
        SignOfInitialiserLost "sign-of-initialiser-lost" "The sign of an initialiser is lost."
        StaticLocalIsAutomatic "static-local-is-automatic" "static inside a function means nothing."
        SecondDefinitionAccepted "second-definition-accepted" "A variable may be defined twice."
        SkippedConstantsComputed "skipped-constants-computed" "In a constant expression && and || compute both their sides."
    }
    "types" {
        LongCutTo32 "long-cut-to-32" "Arithmetic on long is done with 32 bits."
        CharsKeepAllBits "chars-keep-all-bits" "A conversion to char keeps all bits."
        UnsignedComparedSigned "unsigned-compared-signed" "Unsigned numbers are compared as signed ones."
        UnsignedShiftKeepsSign "unsigned-shift-keeps-sign" "A right shift of an unsigned number fills up with its top bit."
        LeftOperandDecides "left-operand-decides" "A sum and the like has the type of its left operand."
        UnsignedShortIsUnsigned "unsigned-short-is-unsigned" "In arithmetic an unsigned short becomes unsigned, not int."
        CompoundInOwnType "compound-in-own-type" "A compound assignment is computed in the type of its variable."
        AssignmentGivesRightValue "assignment-gives-right-value" "The value of an assignment is what stood on its right."
        CastsChangeNothing "casts-change-nothing" "A cast changes the type of a value, and none of its bits."
        NarrowParametersAreInt "narrow-parameters-are-int" "A parameter keeps all the bits of an int."
        ResultsNotConverted "results-not-converted" "A result stays what it was before the return."
        ConstantsComputedInLong "constants-computed-in-long" "Initialisers of globals are computed in long."
        ConditionsLookAt32Bits "conditions-look-at-32-bits" "A condition looks at the lowest 32 bits."
        SwitchLooksAt32Bits "switch-looks-at-32-bits" "A switch compares the lowest 32 bits."
        SwitchInOwnType "switch-in-own-type" "Cases are converted to the type of a switch before it is widened."
        LongHexadecimalsSigned "long-hexadecimals-signed" "A hexadecimal constant of 64 bits is a long."
        PlusKeepsType "plus-keeps-type" "+c is a char if c is."
        SizeofIsInt "sizeof-is-int" "sizeof is an int."
        SizeofEvaluates "sizeof-evaluates" "sizeof evaluates its operand."
    }
    "pointers" {
        PointersReadEightBytes "pointers-read-eight-bytes" "Whatever a pointer points to is read with 8 bytes."
        PointersWriteEightBytes "pointers-write-eight-bytes" "Whatever a pointer points to is written with 8 bytes."
        PointersAddUp "pointers-add-up" "Two pointers can be added."
        ChoiceWithNullIsInt "choice-with-null-is-int" "c ? 0 : p is an int."
    }
    "arrays" {
        PointersStepOneByte "pointers-step-one-byte" "Adding 1 to a pointer adds one byte."
        IndicesWithoutSign "indices-without-sign" "An index that is an int is taken for unsigned."
        RowsStepByElement "rows-step-by-element" "A pointer to rows steps by one element, not by a row."
        AddressOfArrayIsElement "address-of-array-is-element" "&a of an array points to its first element."
        DifferenceInBytes "difference-in-bytes" "The difference of two pointers counts bytes."
        RestOfArrayNotZeroed "rest-of-array-not-zeroed" "Elements beyond a list of values are left as they were."
        SizeofArrayIsPointer "sizeof-array-is-pointer" "sizeof takes an array for a pointer."
    }
    "strings" {
        TabIsLetter "tab-is-letter" "In a string \\t is the letter t."
        OctalEscapeOfOneDigit "octal-escape-of-one-digit" "An octal escape of a string has one digit."
        AdjacentStringsFirstOnly "adjacent-strings-first-only" "Of strings side by side only the first counts."
        CallsUnaligned "calls-unaligned" "The stack stands at any multiple of 8 when a function is called."
        StringsWithoutEnd "strings-without-end" "Strings have no zero at their end."
        ArraysEndAtZero "arrays-end-at-zero" "Of a string for an array, what comes after a zero is left out."
    }
    "structs" {
        MembersPacked "members-packed" "Members follow each other without padding."
        StructsEndUnpadded "structs-end-unpadded" "A struct ends at its last member, without padding."
        StructsCopyEightBytes "structs-copy-eight-bytes" "An assignment copies the first 8 bytes of a struct."
        StructsCopyWords "structs-copy-words" "An assignment copies a struct up to the next multiple of 8 bytes."
        MemberAddressesLoseOffset "member-addresses-lose-offset" "&s.b as an initialiser of a global is the address of s."
        DotFollowsPointers "dot-follows-pointers" "A dot is taken for an arrow where there is a pointer."
    }
    "several-files" {
        BlocksCompareNothing "blocks-compare-nothing" "What a block declares of a file is not compared with the file."
        StaticIsExported "static-is-exported" "What is static is seen by other files."
        LastDeclarationExports "last-declaration-exports" "A declaration without `static` ends what an earlier one with it said."
        ExternMeansNearest "extern-means-nearest" "`extern` in a block means the variable that is seen there, a local one too."
        NamesLeakIntoNextFile "names-leak-into-next-file" "Declarations of one file hold in the next."
        LinesCountedThroughFiles "lines-counted-through-files" "Lines are counted from the beginning of the first file."
    }
    "a-real-program" {
        NamesCutAt8 "names-cut-at-8" "Only the first 8 characters of a name count."
        FramesOf1024AtMost "frames-of-1024-at-most" "A function has 1024 bytes for variables, however many it needs."
    }
}
