package main

// A transaction whose keys are all in one group is one entry of that group's log. Others are committed in two phases. The
// group that owns the first key coordinates, so that whatever node a repeat comes through, one log decides about it:
//
//	kindTxn      coordinator: its own part is prepared, and the transaction has begun
//	kindPrepare  other groups: their part is prepared, which locks what it reads and writes; what it writes is fixed
//	kindDecide   coordinator: the decision; from here on it is one. Its own part is done, or dropped
//	kindOutcome  other groups: their part is done, or dropped
//	kindForget   coordinator: all groups have done theirs
//
// An abort is not remembered: a transaction that the coordinator knows nothing of was aborted. A prepare that comes late,
// or twice, is harmless for that reason, and because a decision names the entry by which each part was prepared.
//
// Who finds a lock waits if it is older than the holder, and gives way if it is not, so that no two wait for each other.

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

const (
	txnTimeout     = 4200 * time.Millisecond // of a request
	prepareTimeout = 2500 * time.Millisecond
	askAfter       = 800 * time.Millisecond // a part that has been prepared for as long asks what became of it
)

// op is one operation.
type op struct {
	Kind  string // get, put, append, delete, check
	Key   string
	Value string
	ETag  *string // of check; nil: the key must not exist
}

func (o op) writes() bool { return o.Kind == "put" || o.Kind == "append" || o.Kind == "delete" }

// opResult is the key's value and ETag after an operation, nil if there is none.
type opResult struct {
	Value *string `json:"value"`
	ETag  *string `json:"etag"`
}

// Txn is a transaction as its coordinator knows it, and the content of kindTxn.
type Txn struct {
	ID    string
	Age   int64 // when it began; less is older
	Idem  string
	Slot  int // of the first key
	Ops   []op
	Parts map[string][]int // by group: numbers of operations
}

func (t *Txn) opsOf(group string) []op {
	var ops []op
	for _, i := range t.Parts[group] {
		ops = append(ops, t.Ops[i])
	}
	return ops
}

// Prepared is one group's part. It is also the content of kindPrepare, without the last four.
type Prepared struct {
	ID          string
	Age         int64
	Coordinator string
	Ops         []op
	Index       uint64 // of the entry that prepared it
	Reads       []string
	Writes      map[string]*item2
	Results     []opResult
	since       time.Time // when this leader first saw it
}

// item2 is an item that JSON can hold; nil deletes the key.
type item2 struct {
	Value []byte
	ETag  string
}

// Decision is a commit that some group may not have heard of.
type Decision struct {
	ID    string
	Slot  int
	Votes map[string]uint64 // by group: the entry that prepared its part
}

// decide is the content of kindDecide.
type decide struct {
	ID     string
	Status int // 200 commits
	Body   []byte
	Votes  map[string]uint64
}

// outcome is the content of kindOutcome, and of the question for it.
type outcome struct {
	ID     string
	Commit bool
	Index  uint64
	Group  string // who asks
}

// ---- locks -----------------------------------------------------------------------------------------------------

// lock is held by one transaction that writes, or by some that read. It follows from what is prepared.
type lock struct {
	writer  string
	readers map[string]bool
}

// blocked tells whether a key cannot be read, or written, now.
func (s *Store) blocked(key string, write bool) bool {
	l := s.locks[key]
	if bug("early-200") && !write {
		return false
	}
	return l != nil && (l.writer != "" || write)
}

func (s *Store) conflicts(ops []op) bool {
	for _, o := range ops {
		if bug("no-read-lock") && !o.writes() {
			continue
		}
		if s.blocked(o.Key, o.writes()) {
			return true
		}
	}
	return false
}

// olderThanHolders tells whether a transaction may wait for all the locks that are in its way.
func (s *Store) olderThanHolders(ops []op, age int64) bool {
	for _, o := range ops {
		l := s.locks[o.Key]
		if l == nil || l.writer == "" && !o.writes() {
			continue
		}
		if p := s.shared.Prepared[l.writer]; p != nil && p.Age <= age {
			return false
		}
		for id := range l.readers {
			if p := s.shared.Prepared[id]; o.writes() && p != nil && p.Age <= age {
				return false
			}
		}
	}
	return true
}

func (s *Store) lockPart(p *Prepared) {
	at := func(key string) *lock {
		if s.locks[key] == nil {
			s.locks[key] = &lock{readers: map[string]bool{}}
		}
		return s.locks[key]
	}
	for key := range p.Writes {
		at(key).writer = p.ID
	}
	for _, key := range p.Reads {
		at(key).readers[p.ID] = true
	}
}

func (s *Store) unlockPart(p *Prepared) {
	keys := append([]string(nil), p.Reads...)
	for key := range p.Writes {
		keys = append(keys, key)
	}
	for _, key := range keys {
		l := s.locks[key]
		if l == nil {
			continue
		}
		if l.writer == p.ID {
			l.writer = ""
		}
		delete(l.readers, p.ID)
		if l.writer == "" && len(l.readers) == 0 {
			delete(s.locks, key)
		}
	}
	delete(s.shared.Prepared, p.ID)
	s.news = true
}

// lockPrepared restores the locks from a snapshot.
func (s *Store) lockPrepared() {
	s.locks = map[string]*lock{}
	for _, p := range s.shared.Prepared {
		s.lockPart(p)
	}
}

// ---- what the entries do ---------------------------------------------------------------------------------------

// evaluate does operations on a scratch pad.
func (s *Store) evaluate(ops []op, index uint64) (results []opResult, writes map[string]*item2, ok bool) {
	writes = map[string]*item2{}
	for _, o := range ops {
		now, touched := writes[o.Key]
		if old, exists := s.items[o.Key]; !touched && exists {
			now = &item2{old.value, old.etag}
		}
		tag := s.tag(slotOf(o.Key), index)
		switch o.Kind {
		case "check":
			if (o.ETag == nil) != (now == nil) || now != nil && now.ETag != *o.ETag {
				return nil, nil, false
			}
		case "put":
			now = &item2{[]byte(o.Value), tag}
		case "append":
			var value []byte
			if now != nil {
				value = append(value, now.Value...)
			}
			now = &item2{append(value, o.Value...), tag}
		case "delete":
			now = nil
		}
		if o.writes() {
			writes[o.Key] = now
		}
		var r opResult
		if now != nil {
			value, etag := string(now.Value), now.ETag
			r = opResult{&value, &etag}
		}
		results = append(results, r)
	}
	return results, writes, true
}

func (s *Store) write(writes map[string]*item2) {
	for key, it := range writes {
		if it == nil {
			s.remove(key)
		} else {
			s.put(key, item{it.Value, it.ETag})
		}
	}
}

// prepare evaluates a part and locks it, or says why not.
func (s *Store) prepare(p *Prepared, index uint64) int {
	for _, o := range p.Ops {
		if s.shared.Slots[slotOf(o.Key)].State != slotOwned {
			return notHere
		}
	}
	if s.conflicts(p.Ops) {
		return isLocked
	}
	var ok bool
	if p.Results, p.Writes, ok = s.evaluate(p.Ops, index); !ok {
		return 412
	}
	p.Index = index
	for _, o := range p.Ops {
		if _, written := p.Writes[o.Key]; !written && !bug("no-read-lock") {
			p.Reads = append(p.Reads, o.Key)
		}
	}
	return prepared
}

func (s *Store) applyTxn(e *Entry) Result {
	switch e.Kind {
	case kindTxn:
		t := &Txn{}
		fromJSON(e.Value, t)
		return s.once(t.Idem, t.Slot, func() Result { return s.begin(t, e.Index) })
	case kindPrepare:
		p := &Prepared{}
		fromJSON(e.Value, p)
		if s.shared.Prepared[p.ID] != nil {
			return Result{status: prepared}
		}
		status := s.prepare(p, e.Index)
		if status == prepared {
			s.hold(p)
		}
		return Result{status: status}
	case kindDecide:
		d := decide{}
		fromJSON(e.Value, &d)
		return s.applyDecide(&d)
	case kindOutcome:
		o := outcome{}
		fromJSON(e.Value, &o)
		// A part that was prepared once more, by a message that came twice, is another one.
		if p := s.shared.Prepared[o.ID]; p != nil {
			if o.Commit && o.Index == p.Index {
				s.write(p.Writes)
			}
			s.unlockPart(p)
		}
	case kindForget:
		delete(s.shared.Decided, string(e.Value))
		s.news = true
	}
	return Result{status: 200}
}

func (s *Store) hold(p *Prepared) {
	s.shared.Prepared[p.ID] = p
	s.lockPart(p)
}

func (s *Store) begin(t *Txn, index uint64) Result {
	for _, other := range s.shared.Begun {
		if t.Idem != "" && other.Idem == t.Idem {
			return Result{status: undecided}
		}
	}
	p := &Prepared{ID: t.ID, Age: t.Age, Coordinator: s.shared.Group, Ops: t.opsOf(s.shared.Group)}
	status := s.prepare(p, index)
	if status != prepared {
		return Result{status: status}
	}
	if len(t.Parts) == 1 {
		s.write(p.Writes)
		return Result{status: 200, value: resultsJSON(p.Results)}
	}
	s.hold(p)
	s.shared.Begun[t.ID] = t
	return Result{status: prepared}
}

func (s *Store) applyDecide(d *decide) Result {
	t := s.shared.Begun[d.ID]
	if t == nil {
		return Result{status: 503} // it was decided before
	}
	delete(s.shared.Begun, d.ID)
	p := s.shared.Prepared[d.ID]
	if d.Status == 200 {
		s.write(p.Writes)
		s.shared.Decided[d.ID] = &Decision{d.ID, t.Slot, d.Votes}
	}
	s.unlockPart(p)
	r := Result{status: d.Status, value: d.Body}
	s.remember(t.Idem, t.Slot, r)
	return r
}

func resultsJSON(results []opResult) []byte {
	return toJSON(map[string]interface{}{"results": results})
}

// ---- a request -------------------------------------------------------------------------------------------------

func validKey(key string) bool {
	if len(key) < 1 || len(key) > 200 || key == "." || key == ".." {
		return false
	}
	for _, c := range key {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == ':' || c == '_' || c == '.' || c == '-') {
			return false
		}
	}
	return true
}

// parseOps reads the body, and says whether it is well-formed.
func parseOps(body []byte) ([]op, bool) {
	var asked struct{ Ops []map[string]json.RawMessage }
	if json.Unmarshal(body, &asked) != nil || len(asked.Ops) < 1 || len(asked.Ops) > 16 {
		return nil, false
	}
	var ops []op
	written := map[string]bool{}
	for _, fields := range asked.Ops {
		var o op
		for _, kind := range []string{"get", "put", "append", "delete", "check"} {
			raw, ok := fields[kind]
			if !ok {
				continue
			}
			if o.Kind != "" || json.Unmarshal(raw, &o.Key) != nil || !validKey(o.Key) {
				return nil, false
			}
			o.Kind = kind
		}
		if o.Kind == "put" || o.Kind == "append" {
			if json.Unmarshal(fields["value"], &o.Value) != nil || o.Value == "" || len(o.Value) > 1000000 {
				return nil, false
			}
		}
		if o.Kind == "check" {
			raw, ok := fields["etag"]
			if !ok || json.Unmarshal(raw, &o.ETag) != nil || written[o.Key] {
				return nil, false
			}
		}
		if o.Kind == "" {
			return nil, false
		}
		written[o.Key] = written[o.Key] || o.writes()
		ops = append(ops, o)
	}
	return ops, true
}

func (n *Node) serveTxn(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 32<<20))
	if r.Method != "POST" {
		text(w, 405, "method not allowed")
		return
	}
	ops, ok := parseOps(body)
	if err != nil || !ok {
		text(w, 400, "malformed")
		return
	}
	t := &Txn{Idem: r.Header.Get("Idempotency-Key"), Ops: ops, Slot: slotOf(ops[0].Key), Age: time.Now().UnixNano()}
	if bug("retry-again") {
		n.chooseOwnSlot(t)
	}
	res := n.transact(t)
	if res.status == 200 {
		w.Header().Set("Content-Type", "application/json")
		w.Write(res.value)
		return
	}
	if res.status == 409 {
		text(w, 409, "another transaction came first")
		return
	}
	n.answer(w, r, res)
}

// chooseOwnSlot is a mistake: which group coordinates depends on who is asked.
func (n *Node) chooseOwnSlot(t *Txn) {
	n.lock()
	defer n.unlock()
	for _, o := range t.Ops {
		if n.ownerOf(slotOf(o.Key)) == n.group {
			t.Slot = slotOf(o.Key)
			return
		}
	}
}

// partition says which group has which operations, and whether all of this group's slots are here now. Held: mu.
func (n *Node) partition(t *Txn) bool {
	t.Parts = map[string][]int{}
	for i, o := range t.Ops {
		slot := slotOf(o.Key)
		owner := n.ownerOf(slot)
		if owner == n.group && (n.closing[slot] || n.store.shared.Slots[slot].State != slotOwned) {
			return false
		}
		t.Parts[owner] = append(t.Parts[owner], i)
	}
	return true
}

func (n *Node) transact(t *Txn) Result {
	if bug("one-by-one") && len(t.Ops) > 1 {
		return n.oneByOne(t)
	}
	if bug("check-late") {
		if r, ok := n.checkFirst(t); !ok {
			return r
		}
	}
	for began := time.Now(); ; {
		n.lock()
		changed := n.changed
		r, here := n.route(t.Slot)
		whole := here && n.partition(t)
		t.ID = fmt.Sprintf("%s-%d-%d-%d", n.id, os.Getpid(), n.term, time.Now().UnixNano())
		n.driving[t.ID] = true
		n.unlock()
		if whole && len(t.Parts) == 1 && bug("no-read-lock") {
			r = n.readFirst(t)
		} else if whole {
			r = n.propose(Entry{Kind: kindTxn, Value: toJSON(t)})
		} else if here {
			r = Result{status: notHere}
		}
		if r.status == prepared {
			r = n.coordinate(t, began.Add(txnTimeout))
		}
		n.lock()
		delete(n.driving, t.ID)
		mayWait := r.status != isLocked || len(t.Parts) == 1 || n.store.olderThanHolders(t.opsOf(n.group), t.Age) ||
			bug("opposite-deadlock")
		n.unlock()
		if r.status < notHere {
			return r
		}
		if !mayWait {
			return Result{status: 409}
		}
		if time.Since(began) > waitForSlot+500*time.Millisecond {
			if r.status == isLocked {
				return Result{status: 409}
			}
			return Result{status: 503}
		}
		n.await(changed)
	}
}

// vote is what a group says about its part.
type vote struct {
	group string
	reply reply
}

// coordinate asks the other groups, decides, and tells them. Its own part is prepared.
func (n *Node) coordinate(t *Txn, deadline time.Time) Result {
	until := time.Now().Add(prepareTimeout)
	if bug("opposite-deadlock") {
		until = time.Now().Add(time.Minute)
	}
	if until.After(deadline.Add(-time.Second)) && !bug("opposite-deadlock") {
		until = deadline.Add(-time.Second)
	}
	votes := make(chan vote, len(t.Parts))
	waiting := 0
	for group := range t.Parts {
		if group == n.group {
			continue
		}
		waiting++
		go func(group string) {
			p := Prepared{ID: t.ID, Age: t.Age, Coordinator: n.group, Ops: t.opsOf(group)}
			r, ok := n.callGroup(group, "prepare", p, prepareTimeout, until)
			if !ok {
				r = reply{Status: 503}
			}
			votes <- vote{group, r}
		}(group)
	}
	d := decide{ID: t.ID, Status: 200, Votes: map[string]uint64{}}
	results := map[string][]opResult{}
	for ; waiting > 0 && d.Status == 200; waiting-- {
		v := <-votes
		d.Status = v.reply.Status
		d.Votes[v.group] = v.reply.Index
		results[v.group] = v.reply.Results
	}
	n.lock()
	if p := n.store.shared.Prepared[t.ID]; p != nil {
		results[n.group] = p.Results
	} else if d.Status == 200 {
		d.Status = 503 // another leader has decided meanwhile
	}
	n.unlock()
	if d.Status == 200 {
		all := make([]opResult, len(t.Ops))
		for group, numbers := range t.Parts {
			for k, i := range numbers {
				all[i] = results[group][k]
			}
		}
		d.Body = resultsJSON(all)
	}
	r := n.propose(Entry{Kind: kindDecide, Value: toJSON(d)})
	switch {
	case r.status == 307: // it has lost its lead: what becomes of the transaction is for others to say
		return Result{status: 503}
	case r.status == 200 && !bug("early-200"):
		n.tellAll(d.ID, d.Votes, deadline)
	case r.status == 200:
		go func() {
			time.Sleep(100 * time.Millisecond)
			n.tellAll(d.ID, d.Votes, deadline)
		}()
	case r.status == d.Status:
		for group := range t.Parts {
			if group != n.group {
				o := outcome{ID: t.ID}
				go n.callGroup(group, "outcome", o, time.Second, time.Now().Add(time.Second))
			}
		}
	}
	return r
}

// tellAll brings a commit to all groups, and then forgets it. Until a group has heard it, its part is locked: nobody reads
// there what was before.
func (n *Node) tellAll(id string, votes map[string]uint64, deadline time.Time) bool {
	done := make(chan bool, len(votes))
	for group, index := range votes {
		go func(group string, index uint64) {
			r, ok := n.callGroup(group, "outcome", outcome{ID: id, Commit: true, Index: index}, time.Second, deadline)
			for ok && r.Status != 200 && time.Now().Before(deadline) {
				time.Sleep(50 * time.Millisecond)
				r, ok = n.callGroup(group, "outcome", outcome{ID: id, Commit: true, Index: index}, time.Second, deadline)
			}
			done <- ok && r.Status == 200
		}(group, index)
	}
	all := true
	for range votes {
		all = <-done && all
	}
	if all {
		n.appendOnly(Entry{Kind: kindForget, Value: []byte(id)})
	}
	return all
}

// appendOnly proposes an entry that nobody waits for.
func (n *Node) appendOnly(e Entry) {
	n.lock()
	if n.role == leader {
		n.append(e)
	}
	n.unlock()
}

// ---- mistakes --------------------------------------------------------------------------------------------------

// oneByOne does the operations as so many transactions.
func (n *Node) oneByOne(t *Txn) Result {
	var all []opResult
	for _, o := range t.Ops {
		part := &Txn{Age: t.Age, Ops: []op{o}, Slot: slotOf(o.Key)}
		n.lock()
		owner := n.ownerOf(part.Slot)
		n.unlock()
		var results struct{ Results []opResult }
		if owner == n.group {
			r := n.transact(part)
			if r.status != 200 {
				return r
			}
			fromJSON(r.value, &results)
		} else {
			p := Prepared{ID: fmt.Sprint(n.id, rand63()), Age: t.Age, Coordinator: n.group, Ops: part.Ops}
			r, ok := n.callGroup(owner, "prepare", p, time.Second, time.Now().Add(2*time.Second))
			if !ok || r.Status != 200 {
				return Result{status: 503}
			}
			n.tellAll(p.ID, map[string]uint64{owner: r.Index}, time.Now().Add(2*time.Second))
			results.Results = r.Results
		}
		all = append(all, results.Results...)
	}
	return Result{status: 200, value: resultsJSON(all)}
}

// readFirst reads before the transaction is in the log, and brings only the writes there.
func (n *Node) readFirst(t *Txn) Result {
	if instead, ok := n.confirm(); !ok {
		return instead
	}
	n.lock()
	results, writes, ok := n.store.evaluate(t.Ops, 0)
	n.unlock()
	if !ok {
		return Result{status: 412}
	}
	blind := *t
	blind.Ops, blind.Parts = nil, map[string][]int{}
	for key, it := range writes {
		o := op{Kind: "delete", Key: key}
		if it != nil {
			o = op{Kind: "put", Key: key, Value: string(it.Value)}
		}
		blind.Parts[n.group] = append(blind.Parts[n.group], len(blind.Ops))
		blind.Ops = append(blind.Ops, o)
	}
	r := n.propose(Entry{Kind: kindTxn, Value: toJSON(blind)})
	if r.status != 200 {
		return r
	}
	for i, o := range t.Ops { // the ETags that were really given
		if it := writes[o.Key]; it != nil && results[i].ETag != nil {
			n.lock()
			etag := n.store.items[o.Key].etag
			n.unlock()
			results[i].ETag = &etag
		}
	}
	return Result{status: 200, value: resultsJSON(results)}
}

func rand63() int64 { return time.Now().UnixNano() }

// checkFirst looks at the checks of this group's keys, and drops them.
func (n *Node) checkFirst(t *Txn) (Result, bool) {
	n.lock()
	r, here := n.route(t.Slot)
	n.unlock()
	if !here {
		return r, r.status >= notHere
	}
	if instead, ok := n.confirm(); !ok {
		return instead, false
	}
	n.lock()
	defer n.unlock()
	var checks, gets []op
	for _, o := range t.Ops {
		if o.Kind == "check" && n.ownerOf(slotOf(o.Key)) == n.group {
			checks = append(checks, o)
			o.Kind = "get"
		}
		gets = append(gets, o)
	}
	if _, _, ok := n.store.evaluate(checks, 0); !ok {
		if _, done := n.store.answers[t.Idem]; !done || t.Idem == "" {
			return Result{status: 412}, false
		}
	}
	t.Ops = gets
	return Result{}, true
}

// ---- what leaders answer each other ----------------------------------------------------------------------------

func (n *Node) onPrepare(b []byte) reply {
	p := &Prepared{}
	fromJSON(b, p)
	for began := time.Now(); ; {
		n.lock()
		changed := n.changed
		closing := false
		for _, o := range p.Ops {
			closing = closing || n.closing[slotOf(o.Key)]
		}
		n.unlock()
		status := notHere
		if !closing {
			status = n.propose(Entry{Kind: kindPrepare, Value: b}).status
		}
		n.lock()
		mayWait := status == notHere || n.store.olderThanHolders(p.Ops, p.Age) || bug("opposite-deadlock")
		if q := n.store.shared.Prepared[p.ID]; status == prepared && q != nil {
			defer n.unlock()
			return reply{Status: 200, Results: q.Results, Index: q.Index}
		}
		lead := n.leader
		n.unlock()
		tooLong := time.Since(began) > waitForSlot && !bug("opposite-deadlock")
		switch {
		case status == 307:
			return reply{Status: 307, Leader: lead}
		case status == 412:
			return reply{Status: 412}
		case status == isLocked && (!mayWait || tooLong):
			return reply{Status: 409}
		case status != isLocked && status != notHere || tooLong:
			return reply{Status: 503}
		}
		n.await(changed)
	}
}

// onAsk tells what became of a transaction. Nothing is known of those that were aborted.
func (n *Node) onAsk(b []byte) reply {
	var o outcome
	fromJSON(b, &o)
	if _, ok := n.confirm(); !ok {
		return reply{Status: 503}
	}
	n.lock()
	defer n.unlock()
	if d := n.store.shared.Decided[o.ID]; d != nil {
		return reply{Status: 200, Outcome: "commit", Index: d.Votes[o.Group]}
	}
	if n.store.shared.Begun[o.ID] != nil {
		return reply{Status: 200, Outcome: "undecided"}
	}
	return reply{Status: 200, Outcome: "abort"}
}

// ---- finishing what others began -------------------------------------------------------------------------------

// finishTransactions is what a leader does about transactions that no request is at work on any more.
func (n *Node) finishTransactions() {
	if bug("sticky-lock") {
		return
	}
	for range time.Tick(100 * time.Millisecond) {
		n.lock()
		if n.ready() {
			for id := range n.store.shared.Begun {
				if !n.driving[id] {
					d := decide{ID: id, Status: 503}
					n.alone1("abort "+id, func() { n.propose(Entry{Kind: kindDecide, Value: toJSON(d)}) })
				}
			}
			for id, d := range n.store.shared.Decided {
				if id, votes := id, d.Votes; !n.driving[id] {
					n.alone1("tell "+id, func() { n.tellAll(id, votes, time.Now().Add(3*time.Second)) })
				}
			}
			for id, p := range n.store.shared.Prepared {
				if p.since.IsZero() {
					p.since = time.Now()
				}
				if id, p := id, p; p.Coordinator != n.group && time.Since(p.since) > askAfter {
					n.alone1("ask "+id, func() { n.ask(p) })
				}
			}
		}
		n.unlock()
	}
}

// ask finds out what became of a part that has been prepared for long. Only its coordinator's group may tell.
func (n *Node) ask(p *Prepared) {
	n.lock()
	m := n.known()
	_, exists := m.Groups[p.Coordinator]
	since := p.since
	n.unlock()
	o := outcome{ID: p.ID, Index: p.Index, Group: n.group}
	if bug("half-commit") {
		if time.Since(since) > 2*time.Second {
			n.propose(Entry{Kind: kindOutcome, Value: toJSON(o)})
		}
		return
	}
	r, ok := n.callGroup(p.Coordinator, "ask", o, time.Second, time.Now().Add(2*time.Second))
	if !ok && !exists && m.settled() {
		// A group does not leave before all others have done what it had decided.
		r, ok = reply{Status: 200, Outcome: "abort"}, true
	}
	if !ok || r.Status != 200 || r.Outcome == "undecided" {
		return
	}
	o.Commit, o.Index = r.Outcome == "commit", r.Index
	n.propose(Entry{Kind: kindOutcome, Value: toJSON(o)})
}
