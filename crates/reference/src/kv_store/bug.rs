//! The seeded bugs: mistakes that learners make, each switched on by its name.
//!
//! A bug shows in its stage and in no earlier one. If it depends on a race, the code with the bug waits a little in the
//! middle of it, so that a test from outside sees it nearly every time.

use crate::SeededBug;

seeded_bugs! {
    "http-api" {
        SecondPutIgnored "second-put-ignored" "A second PUT does not overwrite the first value."
        KeysCaseFolded "keys-case-folded" "Keys that differ only in case are one key."
        KeyCutAt100 "key-cut-at-100" "Only the first 100 characters of a key count."
        WordKeysOnly "word-keys-only" "The route takes letters and digits only: other characters in a key give 404."
        EmptyKey404 "empty-key-404" "No route matches an empty key, so it gives 404."
        ValueTrimmed "value-trimmed" "White space at the edges of a value is lost."
        NewlineAdded "newline-added" "A value is answered with a newline after it."
        NulEndsValue "nul-ends-value" "A value ends at its first NUL byte."
        NonAsciiLost "non-ascii-lost" "Characters outside ASCII become question marks."
        ByteOrderMarkDropped "byte-order-mark-dropped" "A decoder of UTF-8 drops a byte order mark."
        ValueCutAt64K "value-cut-at-64k" "One read into a buffer of 64 KiB: the rest of a longer value is lost."
        FirstChunkOnly "first-chunk-only" "Content-Length is ignored: the first bytes that arrive are the value."
        CutShortStored "cut-short-stored" "A read that ends early is taken for the body: a request whose client went away stores a part of its value."
        BodyLimit100K "body-limit-100k" "A framework's limit of 100 KiB for a body is left as it was."
        EmptyValueStored "empty-value-stored" "An empty value is stored."
        LengthInCharacters "length-in-characters" "Content-Length of an answer counts characters, not bytes."
        PutAnswers201 "put-answers-201" "PUT of a new key answers 201."
        DeleteAnswers204 "delete-answers-204" "DELETE answers 204."
        DeleteMissing404 "delete-missing-404" "DELETE of a missing key answers 404."
        DeletedKeyEmpty "deleted-key-empty" "DELETE stores an empty value, and GET answers 200 with it."
        MissingKeyEmpty "missing-key-empty" "GET of a missing key answers 200 with an empty body."
        FrameworkErrorText "framework-error-text" "A missing key is answered with a framework's own 404 page."
        PostStores "post-stores" "POST is taken for PUT."
        AnyMethodClears "any-method-clears" "Every method on /clear clears, GET too."
        ClearSkipsSome "clear-skips-some" "/clear removes while it walks, and skips every second key."
        HundredKeys "hundred-keys" "A table of 100 entries: a key that finds it full is acknowledged and dropped."
        CopiedMapLosesWrites "copied-map-loses-writes" "A PUT changes a copy of the map and puts it in place: PUTs at the same time are lost."
        AcknowledgedBeforeApplied "acknowledged-before-applied" "PUT is answered before a reader can see it."
        SharedAnswerBuffer "shared-answer-buffer" "All requests share one buffer for the answer, and get each other's values."
        SecondRequestUnanswered "second-request-unanswered" "Only the first request of a connection is answered, and the connection stays open."
    }
    "persistence" {
        NothingSaved "nothing-saved" "The values are in memory only."
        ClearNotSaved "clear-not-saved" "/clear empties the memory and not the file."
        SaveMerges "save-merges" "A save adds to what the file holds: deleted keys return."
        SaveKeepsOldValues "save-keeps-old-values" "A save writes only the keys that the file does not hold: updates are lost."
        SaveWithoutTruncate "save-without-truncate" "The file is overwritten in place, and the end of a longer old one stays."
        SecondSaveThisRunOnly "second-save-this-run-only" "A save holds only what was written since the start."
        SavedBeforeRequestsEnd "saved-before-requests-end" "SIGTERM saves at once, and requests in flight are acknowledged after it."
        WaitsForOpenRequests "waits-for-open-requests" "SIGTERM waits for requests under way, however long they take to come."
        LineBasedFile "line-based-file" "One line a key: a newline in a value ends it."
        ColonInKeySplits "colon-in-key-splits" "A line of the file is split at its first colon, which may be in the key."
        TrimmedOnLoad "trimmed-on-load" "White space at the edges of a value is lost when the file is read."
        LongLineStopsLoad "long-line-stops-load" "A reader with a limit of 64 KiB stops in silence at the first longer value."
    }
    "crash-recovery" {
        SavedAtExitOnly "saved-at-exit-only" "The values are saved at SIGTERM and at no other time."
        AcknowledgedBeforeFlush "acknowledged-before-flush" "A write is acknowledged while it is in a buffer inside the program."
        DeletesNotLogged "deletes-not-logged" "The log holds PUTs and no DELETEs."
        ClearNotLogged "clear-not-logged" "/clear is not in the log."
        ClearLoggedPerKey "clear-logged-per-key" "/clear is one record a key: a crash in the middle clears a part."
        RecordsInterleaved "records-interleaved" "Requests at the same time mix the parts of their records in the log."
        LengthIn16Bits "length-in-16-bits" "The length field of a record holds 16 bits, and a longer value overflows it."
        ReplayKeepsFirst "replay-keeps-first" "Replay keeps the first value of a key, not the last."
        SnapshotOverLog "snapshot-over-log" "The snapshot is loaded after the log, and brings old values back."
        LogEmptiedOnStart "log-emptied-on-start" "The log is replayed and then opened empty: a second crash loses it all."
        LogEmptiedBeforeSnapshot "log-emptied-before-snapshot" "The log is emptied before the snapshot that replaces it is complete."
        TornRecordStopsStart "torn-record-stops-start" "A record cut short by a crash stops the next start."
        TornTailKept "torn-tail-kept" "A record cut short stays in the log, and what is written after it cannot be read."
        ServesBeforeReplay "serves-before-replay" "The port opens before the log is replayed."
    }
    "conditional-writes" {
        EtagWithoutQuotes "etag-without-quotes" "An ETag has no quotes around it."
        EtagIsWeak "etag-is-weak" "A framework makes weak ETags: W/ stands before the quotes."
        NoEtag "no-etag" "No answer has an ETag."
        PutWithoutEtag "put-without-etag" "Only GET sends the ETag."
        EtagOfAnotherPut "etag-of-another-put" "A PUT looks its ETag up when it has written: another PUT may have come between."
        EtagIsChecksum "etag-is-checksum" "The ETag is a checksum of the value: an equal value has an equal one."
        EtagIsClock "etag-is-clock" "The ETag is the time of the write, in seconds."
        EtagCountsPerKey "etag-counts-per-key" "Each key counts its writes, from 1 again after a DELETE."
        ClearResetsEtags "clear-resets-etags" "/clear empties the store and begins to count from 1 again."
        RefusedWriteChangesEtag "refused-write-changes-etag" "A write that is refused leaves the value and changes the ETag."
        IfMatchAny "if-match-any" "If-Match asks whether the key is there, and not what it holds."
        EtagIsNumber "etag-is-number" "ETags are compared as numbers: a 0 in front changes nothing."
        IfMatchCreates "if-match-creates" "If-Match holds for a key that does not exist."
        DeleteIgnoresIfMatch "delete-ignores-if-match" "DELETE does not look at If-Match."
        DeleteIfMatchMissing200 "delete-if-match-missing-200" "DELETE of a missing key is 200, whatever its condition."
        RefusedButWritten "refused-but-written" "The answer is 412, and the value is written."
        IfNoneMatchIgnored "if-none-match-ignored" "If-None-Match is ignored."
        CheckedBeforeWrite "checked-before-write" "The condition is looked at first, and the write follows without it."
        EtagsNotStored "etags-not-stored" "ETags are in memory: each start gives all keys new ones."
        EtagCountsFrom1 "etag-counts-from-1" "ETags are a count, which begins at 1 with each start."
        EtagCountsFromLiving "etag-counts-from-living" "At the start the count goes on from the highest ETag of the keys that are there."
        ConditionNotReplayed "condition-not-replayed" "A write is logged before its condition is looked at, and the replay does not look."
    }
    "cluster-info" {
        PeersWithItself "peers-with-itself" "A node counts itself among its peers."
        PeersWithAddresses "peers-with-addresses" "`peers` holds what `--peers` holds: names and addresses."
        PeersUnsorted "peers-unsorted" "`peers` are in no order."
        TermIsText "term-is-text" "`term` is a string."
        LeaderEmptyString "leader-empty-string" "Without a leader `leader` is an empty string."
        LeaderNamesNobody "leader-names-nobody" "A leader's own `leader` is null: no message has told it."
        CandidateNamesItself "candidate-names-itself" "A candidate names itself as the leader before it has won."
        Info503Unled "info-503-unled" "While no leader is known, /cluster/info is 503 like everything else."
        StuckOnSilentPeer "stuck-on-silent-peer" "/cluster/info asks the peers first, and waits for them for ever."
    }
    "leader-election" {
        MajorityOfPeers "majority-of-peers" "Half of the peers are taken for a majority: two of five."
        FixedTimeouts "fixed-timeouts" "All time-outs are the same: all stand for election at once, vote for themselves, and nobody wins."
        HeartbeatsTooRare "heartbeats-too-rare" "Heartbeats are rarer than time-outs: leaders follow one another."
        LeaderNeverLearnt "leader-never-learnt" "A follower does not learn from heartbeats who sends them."
        FollowerServesGet "follower-serves-get" "A follower answers GET from what it has."
        LocationDropsKey "location-drops-key" "Location leads to the leader, but not to the key."
        LocationDropsQuery "location-drops-query" "Location leaves the query out."
        LocationRewritten "location-rewritten" "Location has the query as a library writes it: each name with an equals sign."
        LocationOfAnother "location-of-another" "Ids and addresses are mixed up: Location leads to a peer that does not lead."
        RedirectIs302 "redirect-is-302" "The redirect is a framework's usual 302."
        Unled404 "unled-404" "Without a leader a key is not found, and that is answered."
        LeaderLooksItselfUp "leader-looks-itself-up" "The leader, too, looks for the leader among its peers: nobody serves."
    }
    "failover" {
        WaitsForOldLeader "waits-for-old-leader" "A follower that has had a leader waits for its return, and does not stand."
        VoteNotStored "vote-not-stored" "The vote is not stored. There is no log yet that could refuse the second one."
        VotesTwice "votes-twice" "A node votes for every candidate whose log will do, however often in a term."
        FollowerVotesTwice "follower-votes-twice" "A follower votes for every candidate of a term; who stands itself votes for no other."
        VotesCountedTwice "votes-counted-twice" "A candidate asks everybody again, and counts answers: who answers twice has two votes."
        VoteForgotten "vote-forgotten" "The vote is not stored. The log would refuse the second one, once the first leader's entry is there."
        OwnVoteNotStored "own-vote-not-stored" "A candidate's vote for itself is not stored. There is no log yet."
        TermNotStored "term-not-stored" "Term and vote are not stored."
        StartsAsLeader "starts-as-leader" "A node that led when it was killed, and has data, starts as leader."
        MajorityOfTheLiving "majority-of-the-living" "A node that has ended is not counted: two of two are a majority."
        NamesDeadLeader "names-dead-leader" "A follower names the old leader until there is a new one."
    }
    "quorum" {
        NoStepDown "no-step-down" "A leader leads until it hears of a higher term."
        StepsDownLate "steps-down-late" "A leader notices after 10 s that it has no majority."
        MajorityOfTheReachable "majority-of-the-reachable" "A node that is silent is not counted: two of two are a majority."
        RedirectsForEver "redirects-for-ever" "A follower forgets its leader when that has ended, not when it falls silent."
        DeafAfterStepDown "deaf-after-step-down" "A leader that stepped down ignores higher terms, and everything else that it is sent."
        HeartbeatsOneByOne "heartbeats-one-by-one" "A node calls its peers one after the other, without time-outs."
        CountsOldVotes "counts-old-votes" "A candidate counts every vote that comes, also those of an election that it has lost."
    }
    "flaky-network" {
        NoPreVote "no-pre-vote" "A node whose time-out ends raises its term at once, and any request for votes is heard."
        PreVoteRaisesTerm "pre-vote-raises-term" "Whoever is asked for a pre-vote takes over the term that it is for."
        AnyRequestPutsOff "any-request-puts-off" "Any request for a vote restarts the time-out of a follower, if the log of who asks will do: also the question before an election, and one that is refused."
        ObeysOldLeader "obeys-old-leader" "A heartbeat is obeyed whatever its term."
    }
    "log-replication" {
        AcknowledgedAfterOwnAppend "acknowledged-after-own-append" "The leader answers 200 when the entry is in its own log."
        TwoOfFiveEnough "two-of-five-enough" "An entry is committed when two of five have it."
        VotesForShorterLog "votes-for-shorter-log" "A vote is given whatever the candidate's log is."
        AppliedOnAppend "applied-on-append" "Followers apply an entry when they append it."
        ConditionCheckedOnArrival "condition-checked-on-arrival" "A leader looks at a condition when the request arrives, and not where the entry is applied."
        NoEntryAtTermStart "no-entry-at-term-start" "A new leader appends nothing, and answers from what it has applied."
        VotesByOldEnd "votes-by-old-end" "A node that was restarted compares logs by the end that its own had at its start."
        LongMessageRefused "long-message-refused" "A node takes no message of more than 1,000,000 bytes: the longest value, with what is around it, is longer."
        VotesByCommit "votes-by-commit" "A candidate's log is compared with what the voter knows to be committed, not with where its log ends."
        AllConfirm "all-confirm" "A read waits until all nodes have confirmed it."
    }
    "catch-up" {
        NeverBacksUp "never-backs-up" "A leader whose message does not fit sends the same again."
        BacksUpOnePerHeartbeat "backs-up-one-per-heartbeat" "A leader goes back by one entry with each heartbeat."
        ConflictingTailKept "conflicting-tail-kept" "A follower keeps its own entry where the leader's differs."
        TailCutByOldMessage "tail-cut-by-old-message" "The log ends where a message with entries ends. What is not answered is sent again, so an old one can come last."
        CommitsPastChecked "commits-past-checked" "A follower takes over the leader's commit index, past the last entry that was compared."
        LongerLogWins "longer-log-wins" "A candidate's log is compared by its length alone, whatever the term in which it ends."
        MatchesKept "matches-kept" "A leader that leads again still counts what it knew of its followers' logs the time before."
        WaiterByIndexAlone "waiter-by-index-alone" "A client waits for an index: any entry that is applied there answers it with 200."
    }
    "durability" {
        LogNotRestored "log-not-restored" "Term and vote are read at the start, and the log is not."
        AcknowledgesBeforeWriting "acknowledges-before-writing" "A follower answers the leader before its log has left the process."
        LeaderCountsUnwritten "leader-counts-unwritten" "The leader counts itself before its entry has left the process."
        TornEntryStopsStart "torn-entry-stops-start" "An entry cut short by a crash stops the next start of a node."
        TruncationNotWritten "truncation-not-written" "The tail of the log is cut in memory and not in the file."
        OldTermCommitByCount "old-term-commit-by-count" "An entry of an older term is committed when a majority has it, and no entry begins a term."
    }
    "linearizable-reads" {
        ReadsWithoutAsking "reads-without-asking" "A leader answers reads without asking whether it still leads."
        LeaseTooLong "lease-too-long" "A leader that heard from a majority answers without asking for 2 s: others may have elected."
        TwoConfirm "two-confirm" "Two of five confirm a read."
        ReadsAnsweredAtStepDown "reads-answered-at-step-down" "Reads that wait when a leader steps down are answered, not refused."
        Stale404 "stale-404" "A key that the leader does not find is answered with 404 at once."
        LeaseCountsBeats "lease-counts-beats" "A lease ends, and so does an office, after a number of heartbeats: none are sent while the process stands still."
        OldAnswersConfirm "old-answers-confirm" "Any answer of a follower confirms a read, also one to an earlier question."
        LeaseFromAnswer "lease-from-answer" "A lease begins when an answer comes, not when the question was sent."
        RoundsKept "rounds-kept" "A leader that leads again numbers its questions from 1, and remembers which numbers were answered the time before."
        AnswersBeforeApplied "answers-before-applied" "A new leader makes sure that it leads, and answers before it has applied what it has."
    }
    "fault-tolerance" {
        ReproposesAfterTimeout "reproposes-after-timeout" "A leader that has waited 100 ms for a write puts it into its log once more."
        RedirectsAfterAppend "redirects-after-append" "A leader that loses its office redirects who waits for a write, though the entry may be committed by the next."
        RetriedConditionUnmet "retried-condition-unmet" "A conditional write that is not done after 100 ms is tried again, and the client gets the second answer."
        AppliesOutOfOrder "applies-out-of-order" "A leader applies what was committed within 150 ms in the wrong order."
    }
    "exactly-once" {
        DeleteIgnoresId "delete-ignores-id" "DELETE does not look at Idempotency-Key."
        RepeatGetsNewEtag "repeat-gets-new-etag" "A repeat is answered with the ETag that the key has by now."
        RepeatOf412Is200 "repeat-of-412-is-200" "What is stored is that the request was seen: a repeat of a 412 gets 200."
        Forgets412 "forgets-412" "A 412 is not stored: the repeat is tried again."
        ConditionBeforeId "condition-before-id" "The condition is looked at first: it holds no more when the request has changed the key itself."
        IdsWithoutCase "ids-without-case" "Names of requests are kept in lower case: two that differ in case are one."
        IdCheckedOnArrival "id-checked-on-arrival" "A request is looked up when it arrives, and not where it is applied: repeats at the same time all happen."
        IdsInLeaderMemory "ids-in-leader-memory" "The answers are in the leader's memory."
        IdsNotRestored "ids-not-restored" "The answers are not restored from the log at a start."
        ClearForgetsIds "clear-forgets-ids" "/clear empties the table of answers, too."
        KeepsFewIds "keeps-few-ids" "The table holds the last 1,000 answers."
        IdKeptOnArrival "id-kept-on-arrival" "A request counts as done when it arrives: its repeat gets 200 at once."
        StoresUnanswered "stores-503" "A 503 is stored like an answer: the repeat gets it again."
    }
    "log-compaction" {
        NeverCompacts "never-compacts" "The log keeps every entry for ever."
        EntriesCounted "entries-counted" "A snapshot is due after 10,000 entries, however large they are."
        ClearedBytesCounted "cleared-bytes-counted" "What was cleared still counts as data: the log may grow by as much before it is compacted."
        OldSnapshotsKept "old-snapshots-kept" "A new snapshot is a new file, and those before it stay."
        EtagsNotInSnapshot "etags-not-in-snapshot" "A snapshot holds values without their ETags: a start gives them new ones."
        IdsNotInSnapshot "ids-not-in-snapshot" "A snapshot does not hold what was answered to requests with an Idempotency-Key."
        LogCutBeforeSnapshot "log-cut-before-snapshot" "The log is cut first, and then the snapshot is written that replaces it."
        SnapshotInPlace "snapshot-in-place" "A snapshot is written over the one before it: a crash leaves half of one."
        CompactionBlocks "compaction-blocks" "A node does nothing else while it makes a snapshot, which takes 3 s."
        TailForgotten "tail-forgotten" "A start loads the snapshot, and not the log after it."
        AppliedTwice "applied-twice" "The snapshot does not say up to where it goes: a start applies entries again, and counts ETags on."
        SnapshotLaterThanIndex "snapshot-later-than-index" "A snapshot's index is noted first, and the state is copied 300 ms later: entries in between count twice after a start."
    }
    "snapshot-transfer" {
        SnapshotNeverSent "snapshot-never-sent" "A leader sends entries only: who needs older ones than it has waits for ever."
        SnapshotMerged "snapshot-merged" "A follower puts a leader's snapshot over what it has: deleted keys return."
        SnapshotSentWhole "snapshot-sent-whole" "A snapshot is one message, and either end gives it the 200 ms of a heartbeat: on a slow link it never arrives."
        PiecesMixed "pieces-mixed" "A follower adds any piece to those it has, also the first one of another leader."
        EtagsNotSent "etags-not-sent" "A snapshot is sent without ETags."
        IdsNotSent "ids-not-sent" "A snapshot is sent without what was answered to requests with an Idempotency-Key."
        InstalledNotStored "installed-not-stored" "A leader's snapshot is in memory only, and the log goes on behind it."
        SendingBlocksOthers "sending-blocks-others" "A leader sends entries to nobody while it sends a snapshot."
        DeadNodeKeepsLog "dead-node-keeps-log" "A leader does not cut its log while a node is down that may need it."
    }
    "add-members" {
        CountsBeforeCaughtUp "counts-before-caught-up" "A new node is a member at once, and catches up as one."
        PutAnsweredAtOnce "put-answered-at-once" "PUT is answered when the new node begins to catch up."
        MajorityFromFlags "majority-from-flags" "Votes and acknowledgements are counted among the nodes of --members for ever."
        ConfigurationNotStored "configuration-not-stored" "A start takes the members from --members."
        ConfigurationNotInSnapshot "configuration-not-in-snapshot" "A snapshot does not hold the members: behind one they are those of --members."
        ConfigurationNotRolledBack "configuration-not-rolled-back" "Members of an entry that is cut off stay members."
        TwoChangesAtOnce "two-changes-at-once" "A change may begin while another is under way."
        GivenUpBlocks "given-up-blocks" "A new node that was given up still counts as a change under way: 409 for ever."
        LearnerGetsNoSnapshot "learner-gets-no-snapshot" "A new node is sent entries only."
        PeersFromFlags "peers-from-flags" "/cluster/info lists the nodes of --peers, members or not."
    }
    "remove-members" {
        RemovedNodeDeposes "removed-node-deposes" "A node that was removed stands for election again and again, and is heard."
        RemovedLeaderLeadsOn "removed-leader-leads-on" "A leader that has removed itself leads on."
        LeavesBeforeCommit "leaves-before-commit" "A leader that removes itself answers and goes at once, and nobody else has the change."
        RemovedLeaderCountsItself "removed-leader-counts-itself" "A leader that is being removed counts its own log."
        MajorityNeverShrinks "majority-never-shrinks" "Votes and acknowledgements are counted among the most members there ever were."
        DeleteAnsweredAtOnce "delete-answered-at-once" "DELETE is answered when the change is in the leader's log."
        RemovedNodeServes "removed-node-serves" "A node that was removed answers GET from what it has."
        LastMemberRemoved "last-member-removed" "DELETE of the last member is 200."
        ChangeBeforeOwnEntry "change-before-own-entry" "A leader changes members before it has committed an entry of its term, which comes with its first request or after 1.5 s."
        UnknownNodesDropped "unknown-nodes-dropped" "What comes from a node that is no member, as far as the receiver knows, is dropped."
    }
    "sharding" {
        HashesDiffer "hashes-differ" "Groups hash keys each in its own way: two have a key, or none."
        AllInOneGroup "all-in-one-group" "Every key hashes to the first group."
        Stranger404 "stranger-404" "A node looks for every key in its own group, and answers 404 where that has none."
        WritesTakenAnywhere "writes-taken-anywhere" "A write is taken by the group that it comes to, and a read looks for it in the one that owns the key."
        LocateNamesOwnGroup "locate-names-own-group" "/cluster/locate names the group of the node that is asked."
        DeadGroupStalls "dead-group-stalls" "A node waits for a word from every group before it serves anything, for up to 3 s."
        FrozenGroupStalls "frozen-group-stalls" "A node asks all nodes of the other groups before it serves anything, and waits 1 s for each that does not answer. The dead ones refuse at once."
        LeaderOfFirstGroup "leader-of-first-group" "/cluster/info names the leader of the first group, whichever group the node is in."
    }
    "group-join" {
        OwnerCheckedOnArrival "owner-checked-on-arrival" "Whether a group has a key is looked at when a write arrives, and not where it is applied: it may be handed over in between."
        CopiedBeforeFrozen "copied-before-frozen" "A slot is copied while it is still written to, and 50 ms later it is the other group's."
        NewOwnerTooEarly "new-owner-too-early" "A group serves what the map says is to be its own, before the data is there."
        EtagsNotMoved "etags-not-moved" "Keys move without their ETags, and get new ones."
        IdsNotMoved "ids-not-moved" "Keys move without what was answered to requests with an Idempotency-Key."
        EtagIsLogIndex "etag-is-log-index" "The ETag is the place in the log of the group that has the key, and the next group's log may be shorter."
        MovesEndWithLeader "moves-end-with-leader" "Only the leader that has frozen a slot hands it over: if it dies, nobody does."
        JoinReshuffles "join-reshuffles" "A change of the groups deals all keys out anew: most of them move."
        SettledTooEarly "settled-too-early" "/cluster/groups calls the map settled as soon as it is made."
    }
    "group-leave" {
        DeletionsNotMoved "deletions-not-moved" "A group keeps what it hands over, and what it is handed later goes over that: deleted keys return."
        ReturnedSlotRefused "returned-slot-refused" "A group takes a slot that it has had before for one that it has: what comes with it is dropped."
        DroppedBeforeHandedOver "dropped-before-handed-over" "The old owner removes what it is about to hand over: if its leader dies on the way, that is lost."
        LeaveForgetsSome "leave-forgets-some" "One of four slots of a group that leaves is not moved, and the map is settled."
        MapNotStored "map-not-stored" "The map of slots is in memory only: a start takes it from --groups."
        NewestMapOnlyAtKeeper "newest-map-only-at-keeper" "The map of a group that leaves is told to that group and not to the others, which have nothing to give."
    }
    "local-transactions" {
        OpsOneByOne "ops-one-by-one" "Each operation is an entry of its own, and others are seen in between."
        ChecksIgnored "checks-ignored" "Checks always hold."
        ChecksOnArrival "checks-on-arrival" "Checks are looked at when the transaction arrives, and not where it is applied."
        EarlierWritesStay "earlier-writes-stay" "What was written before a check that fails stays written."
        ReadsSeeNoWrites "reads-see-no-writes" "Operations do not see what earlier ones of their transaction did."
        AppendReplaces "append-replaces" "Append replaces the value."
        TransactionsKeepEtags "transactions-keep-etags" "A transaction that writes a key leaves its ETag as it was."
        TransactionIdIgnored "transaction-id-ignored" "A transaction's Idempotency-Key is ignored: a retry appends twice."
    }
    "cross-group-transactions" {
        GroupsRunApart "groups-run-apart" "Each group does its part by itself: where a check fails in one, the others have done theirs."
        ReadsNotLocked "reads-not-locked" "Keys that are only read are not locked: two transactions that read what the other writes both commit."
        ReadsPassLocks "reads-pass-locks" "A GET does not wait for a transaction: it sees one group's part before the other's."
        AnsweredTooEarly "answered-too-early" "A transaction is answered when it is decided, and readers elsewhere do not wait to hear of it."
        WritesPassLocks "writes-pass-locks" "A PUT does not wait for a transaction, which has read the old value."
        DirtyReads "dirty-reads" "A GET answers with what a transaction may yet write."
        OppositeOrdersDeadlock "opposite-orders-deadlock" "Transactions wait for locks in any order, for 20 s."
        WaitsForDeadGroup "waits-for-dead-group" "A transaction locks its keys, and waits for a group without a leader for as long as it takes."
        CrossGroupIdsIgnored "cross-group-ids-ignored" "The Idempotency-Key of a transaction over several groups is ignored."
        CrossGroupIdsInMemory "cross-group-ids-in-memory" "Only the node that saw a transaction over several groups through knows its Idempotency-Key."
    }
    "transaction-recovery" {
        LocksStay "locks-stay" "Nobody ends a transaction whose coordinator is gone: its keys stay locked."
        ParticipantAborts "participant-aborts" "A group that has waited 1.5 s for the decision aborts its part by itself."
        ParticipantCommits "participant-commits" "A group that has waited 1.5 s for the decision commits its part by itself."
        DecisionAfterTelling "decision-after-telling" "The coordinator tells the other groups to commit, and logs the decision 100 ms later."
        DecisionForgotten "decision-forgotten" "A decision is forgotten once it is taken: who asks later hears that there was none, and aborts."
        PreparedNotStored "prepared-not-stored" "What a group has prepared is in memory only."
        PreparedNotInSnapshot "prepared-not-in-snapshot" "Snapshots leave out what is prepared."
        DecisionsNotInSnapshot "decisions-not-in-snapshot" "Snapshots leave out what was decided and not all have heard."
    }
}

impl Bug {
    /// Bugs of a program that has no log: it keeps everything in memory and saves a file at SIGTERM.
    pub(super) fn saves_at_exit(self) -> bool {
        use Bug::*;
        matches!(
            self,
            NothingSaved
                | SaveMerges
                | SaveKeepsOldValues
                | SaveWithoutTruncate
                | SecondSaveThisRunOnly
                | SavedBeforeRequestsEnd
                | LineBasedFile
                | ColonInKeySplits
                | TrimmedOnLoad
                | LongLineStopsLoad
                | SavedAtExitOnly
        )
    }

    /// Bugs of a program that writes a snapshot at SIGTERM. A clean stop then hides what is wrong with its log, as it
    /// does for a learner who added the log to the file of the previous stage.
    pub(super) fn snapshots_at_exit(self) -> bool {
        use Bug::*;
        matches!(
            self,
            DeletesNotLogged
                | ClearNotLogged
                | RecordsInterleaved
                | LengthIn16Bits
                | ReplayKeepsFirst
                | SnapshotOverLog
                | LogEmptiedOnStart
                | ServesBeforeReplay
        )
    }

    /// Bugs in votes, which a log would make up for: without entries at the start of terms all logs are alike, as
    /// they are for a learner who has no log yet.
    pub(super) fn has_no_log_yet(self) -> bool {
        matches!(self, Bug::VoteNotStored | Bug::OwnVoteNotStored)
    }

    /// Bugs of learners who have a log of several nodes and no snapshots yet, which would make up for these bugs.
    pub(super) fn keeps_whole_log(self) -> bool {
        use Bug::*;
        matches!(
            self,
            IdsNotRestored
                | LogNotRestored
                | TruncationNotWritten
                | TornEntryStopsStart
                | AcknowledgesBeforeWriting
                | NeverCompacts
        )
    }

    /// Bugs of learners who do not ask before an election yet; the question would make up for these bugs.
    pub(super) fn stands_at_once(self) -> bool {
        matches!(self, Bug::NoPreVote | Bug::FixedTimeouts | Bug::CountsOldVotes | Bug::VoteForgotten)
            || self.has_no_log_yet()
    }

    /// Bugs that leave records out of the log. A learner's log without numbers would not notice.
    pub(super) fn leaves_gaps(self) -> bool {
        use Bug::*;
        matches!(
            self,
            ClearNotSaved
                | DeletesNotLogged
                | ClearNotLogged
                | LogEmptiedOnStart
                | LogEmptiedBeforeSnapshot
                | TruncationNotWritten
                | LogCutBeforeSnapshot
                | InstalledNotStored
                | AppliedTwice
        )
    }

    /// Bugs of a state that depends on how often an entry was applied: one that does not would make up for them.
    pub(super) fn counts_versions(self) -> bool {
        matches!(self, Bug::AppliedTwice | Bug::SnapshotLaterThanIndex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kebab_case_unique_and_known() {
        let mut seen = std::collections::HashSet::new();
        for bug in BUGS {
            assert!(
                bug.name.chars().all(|c| c == '-' || c.is_ascii_lowercase() || c.is_ascii_digit()),
                "{}",
                bug.name
            );
            assert!(seen.insert(bug.name), "{} is there twice", bug.name);
            assert!(Bug::named(bug.name).is_some_and(|found| found != Bug::None));
        }
        assert_eq!(Bug::named("no-such-bug"), None);
    }
}
