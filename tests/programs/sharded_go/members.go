// A replicated key-value store: Raft with pre-vote, ReadIndex, snapshots, and changes of one member at a time as in
// chapter 4 of Ongaro's thesis. The standard library only. groups.go splits the keys among groups of nodes, moves.go moves
// them, transactions.go does several things at once.
//
// The environment variable BUG puts one mistake into it, of the kind that a first version has:
//
//	compact-entries  compaction is due after a number of entries, not of bytes
//	cut-first        the log is cut before the snapshot is stored
//	late-state       a snapshot's state is some entries later than its index
//	keep-deleted     an installed snapshot is merged into what the node had
//	no-answers       the answers to an Idempotency-Key are not in the snapshot
//	lost-last        a log that is empty behind its snapshot begins at 1 after a start
//	flag-majority    majorities are counted over --members for ever
//	early-put        PUT of a member does not wait until the new node has caught up
//	two-changes      a change begins while another is under way
//	no-rollback      a configuration outlasts its entry
//	strangers        messages of nodes that the configuration does not name are dropped
//	disturb          nodes outside stand for election, and are obeyed
//
// Of the groups:
//
//	seeded-hash      the hash of a key differs from process to process
//	skewed           nearly all keys are in the first group
//	wait-for-dead    a request waits until the other groups have said that they live
//	asks-first       the same, but once: a refused connection counts as an answer
//	keeps-serving    a leader only remembers that it has handed a slot over: the next one serves on
//	serves-early     the new owner serves a slot when half of it has arrived
//	forgets-deleted  what was handed over is kept, and merged when the slot comes back
//	answers-left     the answers to Idempotency-Keys stay where they were
//	etag-again       ETags are plain numbers of entries, in any group
//
// Of the transactions:
//
//	no-read-lock       what a transaction only reads is neither locked nor checked
//	one-by-one         the operations are done one after the other
//	check-late         checks are looked at before the transaction is in the log, or not under its locks
//	early-200          answered when it is decided, while the other groups still show what was before
//	half-commit        a participant that has waited for 2 s gives up on its own
//	retry-again        the group of the node that was asked decides about an Idempotency-Key
//	sticky-lock        nobody finishes what a dead leader began
//	opposite-deadlock  whoever finds a lock waits, and does not give way
//
// BUG=staggered is no mistake: n1 has the shortest time-out.
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"log"
	"math/rand"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	heartbeatEvery  = 100 * time.Millisecond
	electionMin     = 500 * time.Millisecond // for as long as this after a heartbeat, a node votes for nobody else
	quorumTimeout   = 1 * time.Second        // a leader that no majority has answered for this long steps down
	beatTimeout     = 800 * time.Millisecond
	voteTimeout     = 400 * time.Millisecond
	requestTimeout  = 1900 * time.Millisecond
	catchUpTimeout  = 10 * time.Second
	leavingTime     = 2 * time.Second // how long one that was removed still hears that it was
	batchBytes      = 256 << 10
	compactAtBytes  = 4 << 20
	retainBytes     = 8 << 20 // entries kept in memory behind the snapshot, for those who are a little behind
	snapshotVersion = 2
)

// bug tells whether this is the wrong version of that name.
func bug(name string) bool { return os.Getenv("BUG") == name }

// ---- bytes -----------------------------------------------------------------------------------------------------

type encoder struct{ b []byte }

func (e *encoder) num(v uint64) { e.b = binary.AppendUvarint(e.b, v) }
func (e *encoder) bytes(v []byte) {
	e.num(uint64(len(v)))
	e.b = append(e.b, v...)
}
func (e *encoder) str(v string) {
	e.num(uint64(len(v)))
	e.b = append(e.b, v...)
}

type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) num() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) bytes() []byte {
	n := d.num()
	if n > uint64(len(d.b)) {
		d.bad, d.b = true, nil
		return nil
	}
	v := d.b[:n:n]
	d.b = d.b[n:]
	return v
}

func (d *decoder) str() string { return string(d.bytes()) }

// ---- the state machine -----------------------------------------------------------------------------------------

type Kind uint64

const (
	kindNoop Kind = iota
	kindPut
	kindDelete
	kindClear
	kindMembers
	kindMap     // groups.go
	kindOwners  //
	kindRelease // moves.go
	kindInstall //
	kindHanded  //
	kindTxn     // transactions.go
	kindPrepare //
	kindDecide  //
	kindOutcome //
	kindForget  //
)

type Cond uint64

const (
	always Cond = iota
	ifMatch
	ifAbsent
)

type Entry struct {
	Index, Term uint64
	Kind        Kind
	Key         string
	Value       []byte // of kindMembers: the ids, joined by commas; of the later kinds: JSON
	Cond        Cond
	ETag        string // what ifMatch asks for
	Idem        string
	end         int64 // bytes of the log up to the end of this entry; not stored
}

func (e *Entry) size() int64 {
	return int64(len(e.Key) + len(e.Value) + len(e.ETag) + len(e.Idem) + 24)
}

func (e *Entry) encode(w *encoder) {
	w.num(e.Index)
	w.num(e.Term)
	w.num(uint64(e.Kind))
	w.str(e.Key)
	w.bytes(e.Value)
	w.num(uint64(e.Cond))
	w.str(e.ETag)
	w.str(e.Idem)
}

func decodeEntry(r *decoder) Entry {
	return Entry{Index: r.num(), Term: r.num(), Kind: Kind(r.num()), Key: r.str(), Value: r.bytes(), Cond: Cond(r.num()),
		ETag: r.str(), Idem: r.str()}
}

// Result is what a client is told. Status, etag and value of a decided request are part of the state.
type Result struct {
	status   int
	etag     string // without quotes
	value    []byte
	location string // of the leader, for 307
}

// Some results never reach a client: whoever asked does something about them first.
const (
	notHere   = 1000 + iota // this group does not own the slot, or not any more, or is about to hand it over
	isLocked                // by a transaction
	undecided               // a request with this Idempotency-Key is under way
	prepared                // this group's part of the transaction is
)

type item struct {
	value []byte
	etag  string // no key ever has one twice: see Store.tag
}

// answer is a result with the slot that it moves with.
type answer struct {
	Result
	slot int
}

type Store struct {
	items   map[string]item
	answers map[string]answer // by Idempotency-Key; never forgotten
	bytes   int64
	shared  Shared
	frozen  []byte // of a copy: shared, as it was
	locks   map[string]*lock
	news    bool // something happened that others may wait for
}

// Shared is the rest of the state. It is stored as JSON.
type Shared struct {
	Group    string
	Slots    []Slot
	Map      *GroupMap            // of the group that keeps it; replaced, and never changed
	Prepared map[string]*Prepared // parts of transactions that hold locks
	Begun    map[string]*Txn      // transactions that this group coordinates
	Decided  map[string]*Decision // those of them that commit, and that others may not have heard of
}

func newStore(group string, first *GroupMap) *Store {
	s := &Store{items: map[string]item{}, answers: map[string]answer{}, locks: map[string]*lock{}}
	s.shared = Shared{group, make([]Slot, slotCount), nil, map[string]*Prepared{}, map[string]*Txn{}, map[string]*Decision{}}
	for i := range s.shared.Slots {
		if first.Owner[i] == group {
			s.shared.Slots[i].State = slotOwned
		}
	}
	if first.Keeper == group {
		s.shared.Map = first
	}
	return s
}

func (s *Store) apply(e *Entry) Result {
	switch e.Kind {
	case kindPut, kindDelete, kindClear:
		slot := slotOf(e.Key)
		return s.once(e.Idem, slot, func() Result { return s.execute(e, slot) })
	case kindMap:
		return s.applyMap(e)
	case kindOwners:
		return s.applyOwners(e)
	case kindRelease, kindInstall, kindHanded:
		return s.applyMove(e)
	}
	return s.applyTxn(e)
}

// once does nothing but look up the answer if the request was done before.
func (s *Store) once(idem string, slot int, do func() Result) Result {
	if r, ok := s.answers[idem]; ok && idem != "" {
		return r.Result
	}
	r := do()
	s.remember(idem, slot, r)
	return r
}

func (s *Store) remember(idem string, slot int, r Result) {
	if idem == "" || r.status != 200 && r.status != 412 {
		return
	}
	s.answers[idem] = answer{r, slot}
	s.bytes += int64(len(idem) + len(r.etag) + len(r.value) + 8)
}

func (s *Store) execute(e *Entry, slot int) Result {
	if e.Kind == kindClear {
		for key := range s.items {
			s.remove(key)
		}
		return Result{status: 200}
	}
	if s.shared.Slots[slot].State != slotOwned {
		return Result{status: notHere}
	}
	if s.blocked(e.Key, true) {
		return Result{status: isLocked}
	}
	old, exists := s.items[e.Key]
	if e.Cond == ifMatch && !(exists && quote(old.etag) == e.ETag) || e.Cond == ifAbsent && exists {
		return Result{status: 412}
	}
	if e.Kind == kindDelete {
		s.remove(e.Key)
		return Result{status: 200}
	}
	tag := s.tag(slot, e.Index)
	s.put(e.Key, item{e.Value, tag})
	return Result{status: 200, etag: tag}
}

// tag makes the ETag of what an entry writes. Each owner of a slot counts its entries from 1, so that how often the slot
// has moved comes first.
func (s *Store) tag(slot int, index uint64) string {
	if gen := s.shared.Slots[slot].Gen; gen > 0 && !bug("etag-again") {
		return fmt.Sprintf("%d.%d", gen, index)
	}
	return strconv.FormatUint(index, 10)
}

func (s *Store) put(key string, it item) {
	s.remove(key)
	s.items[key] = it
	s.bytes += int64(len(key) + len(it.value) + 8)
}

func (s *Store) remove(key string) {
	if old, ok := s.items[key]; ok {
		s.bytes -= int64(len(key) + len(old.value) + 8)
		delete(s.items, key)
	}
}

func (s *Store) get(key string) Result {
	if it, ok := s.items[key]; ok {
		return Result{status: 200, etag: it.etag, value: it.value}
	}
	return Result{status: 404}
}

// copy shares the values, which nobody changes.
func (s *Store) copy() *Store {
	c := &Store{items: make(map[string]item, len(s.items)), answers: make(map[string]answer, len(s.answers)), bytes: s.bytes,
		frozen: toJSON(&s.shared)}
	for k, v := range s.items {
		c.items[k] = v
	}
	for k, v := range s.answers {
		c.answers[k] = v
	}
	return c
}

func quote(etag string) string { return `"` + etag + `"` }

// ---- snapshots -------------------------------------------------------------------------------------------------

// Snapshot is the state after the entry at index.
type Snapshot struct {
	index, term uint64
	config      Config
	store       *Store
}

func (s *Snapshot) encode() []byte {
	w := &encoder{make([]byte, 0, s.store.bytes+s.store.bytes/4+1024)}
	w.num(snapshotVersion)
	w.num(s.index)
	w.num(s.term)
	w.num(s.config.index)
	w.str(strings.Join(s.config.members, ","))
	w.num(uint64(len(s.store.items)))
	for k, v := range s.store.items {
		w.str(k)
		w.bytes(v.value)
		w.str(v.etag)
	}
	if bug("no-answers") {
		w.num(0)
	} else {
		w.num(uint64(len(s.store.answers)))
		for k, v := range s.store.answers {
			w.str(k)
			w.num(uint64(v.status))
			w.str(v.etag)
			w.bytes(v.value)
			w.num(uint64(v.slot))
		}
	}
	w.bytes(s.store.frozen)
	return binary.BigEndian.AppendUint32(w.b, crc32.ChecksumIEEE(w.b))
}

func decodeSnapshot(b []byte) (*Snapshot, error) {
	if len(b) < 4 || crc32.ChecksumIEEE(b[:len(b)-4]) != binary.BigEndian.Uint32(b[len(b)-4:]) {
		return nil, errors.New("the checksum of the snapshot is wrong")
	}
	r := &decoder{b: b[:len(b)-4]}
	if v := r.num(); v != snapshotVersion {
		return nil, fmt.Errorf("a snapshot of version %d", v)
	}
	s := &Snapshot{index: r.num(), term: r.num(), store: newStore("", singleMap("", nil))}
	s.config = Config{r.num(), split(r.str())}
	for n := r.num(); n > 0 && !r.bad; n-- {
		key := r.str()
		s.store.put(key, item{r.bytes(), r.str()})
	}
	for n := r.num(); n > 0 && !r.bad; n-- {
		key := r.str()
		res := Result{status: int(r.num()), etag: r.str(), value: r.bytes()}
		s.store.remember(key, int(r.num()), res)
	}
	shared := r.bytes()
	if r.bad {
		return nil, errors.New("the snapshot is cut short")
	}
	s.store.shared = Shared{}
	if err := json.Unmarshal(shared, &s.store.shared); err != nil {
		return nil, err
	}
	s.store.lockPrepared()
	return s, nil
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// ---- the disk --------------------------------------------------------------------------------------------------

// Disk holds two files. `snapshot` is replaced as a whole. `log` grows by records, and is replaced once a snapshot has
// made its beginning superfluous. A record is the length and the checksum of what follows; a record of an entry cuts
// off whatever had its index and later ones.
type Disk struct {
	dir     string
	mu      sync.Mutex // guards file, size and written
	file    *os.File
	size    int64
	written uint64 // counts writes
	syncing sync.Mutex
	synced  uint64 // the writes that have been synced; guarded by syncing
}

const (
	recordBase  = 1 // index and term of what comes before the first entry
	recordState = 2 // term and vote
	recordEntry = 3
)

func check(err error) {
	if err != nil {
		log.Fatalf("the disk failed: %v", err)
	}
}

func appendRecord(out []byte, kind uint64, body func(*encoder)) []byte {
	w := &encoder{}
	w.num(kind)
	body(w)
	out = binary.BigEndian.AppendUint32(out, uint32(len(w.b)))
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(w.b))
	return append(out, w.b...)
}

func baseRecord(out []byte, index, term uint64) []byte {
	return appendRecord(out, recordBase, func(w *encoder) { w.num(index); w.num(term) })
}

func stateRecord(out []byte, term uint64, vote string) []byte {
	return appendRecord(out, recordState, func(w *encoder) { w.num(term); w.str(vote) })
}

func entryRecords(out []byte, entries []Entry) []byte {
	for i := range entries {
		out = appendRecord(out, recordEntry, entries[i].encode)
	}
	return out
}

func (d *Disk) path(name string) string { return filepath.Join(d.dir, name) }

func (d *Disk) write(b []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, err := d.file.Write(b)
	check(err)
	d.size += int64(len(b))
	d.written++
}

// sync returns when all that was written before the call is on the disk. Those who wait together share one fsync.
func (d *Disk) sync() {
	d.mu.Lock()
	want := d.written
	d.mu.Unlock()
	d.syncing.Lock()
	defer d.syncing.Unlock()
	if d.synced >= want {
		return
	}
	d.mu.Lock()
	file, written := d.file, d.written
	d.mu.Unlock()
	check(file.Sync())
	d.synced = written
}

// replace puts a file in the place of another: whoever opens it finds one of them, whole.
func (d *Disk) replace(name string, b []byte) {
	f, err := os.Create(d.path(name + ".tmp"))
	check(err)
	_, err = f.Write(b)
	check(err)
	check(f.Sync())
	check(f.Close())
	check(os.Rename(d.path(name+".tmp"), d.path(name)))
	d.syncDir()
}

func (d *Disk) syncDir() {
	f, err := os.Open(d.dir)
	check(err)
	check(f.Sync())
	check(f.Close())
}

func (d *Disk) newLog(b []byte) (*os.File, int64) {
	f, err := os.Create(d.path("log.tmp"))
	check(err)
	_, err = f.Write(b)
	check(err)
	check(f.Sync())
	return f, int64(len(b))
}

// useLog makes a file of newLog the log, with some more records at its end. Nobody may write meanwhile.
func (d *Disk) useLog(f *os.File, size int64, more []byte) {
	d.syncing.Lock()
	defer d.syncing.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	_, err := f.Write(more)
	check(err)
	check(f.Sync())
	check(os.Rename(d.path("log.tmp"), d.path("log")))
	d.syncDir()
	if d.file != nil {
		d.file.Close()
	}
	d.file, d.size, d.synced = f, size+int64(len(more)), d.written
}

// ---- a node ----------------------------------------------------------------------------------------------------

type Role int

const (
	follower Role = iota
	candidate
	leader
)

func (r Role) String() string { return [...]string{"follower", "candidate", "leader"}[r] }

// Config is who the members are, from the entry at that index on. It counts as soon as it is in the log.
type Config struct {
	index   uint64
	members []string // sorted
}

func (c Config) has(id string) bool {
	for _, m := range c.members {
		if m == id {
			return true
		}
	}
	return false
}

// majority tells whether more than half of the members are in a set.
func (c Config) majority(in func(id string) bool) bool {
	n := 0
	for _, m := range c.members {
		if in(m) {
			n++
		}
	}
	return n > len(c.members)/2
}

// Peer is what a leader knows of another node. A new leadership begins with new ones.
type Peer struct {
	id          string
	next, match uint64
	acked       time.Time // when the last message that it answered was sent
	alive       bool      // it answered the last message, or a heartbeat since
	kick        chan struct{}
	snapshot    []byte // the one that is being sent
	snapIndex   uint64
	snapTerm    uint64
}

type waiter struct {
	term uint64
	ch   chan Result
}

type reader struct {
	expires time.Time
	ch      chan bool
}

type info struct {
	ID     string   `json:"id"`
	Group  string   `json:"group,omitempty"`
	Role   string   `json:"role"`
	Term   uint64   `json:"term"`
	Leader *string  `json:"leader"`
	Peers  []string `json:"peers"`
}

type Node struct {
	id        string
	addrs     map[string]string
	flagged   []string // --members
	disk      *Disk
	client    *http.Client
	published atomic.Value // an info: answered without the lock, which may have to wait for the disk
	flush     chan struct{}
	readKick  chan struct{}
	snapMu    sync.Mutex // held by whoever stores a snapshot; taken before mu

	mu         sync.Mutex
	term       uint64
	vote       string
	role       Role
	leader     string
	heard      time.Time // from the leader
	deadline   time.Time // of the election time-out
	base       uint64    // the index before the first entry in memory
	baseTerm   uint64
	baseEnd    int64
	entries    []Entry
	cuts       int      // how often the tail of the log was cut off
	configs    []Config // by index; the last one counts
	commit     uint64   // and applied
	store      *Store
	snapIndex  uint64
	snapBytes  int64
	compacting bool
	incoming   incoming
	groups     // groups.go

	// Of a leader:
	peers    map[string]*Peer
	flushed  uint64 // how much of its own log is on its disk
	first    uint64 // the entry that its term began with
	waiters  map[uint64]waiter
	readers  []reader
	changing bool   // a change of members is under way
	learner  string // the node that is to become a member
	leaving  map[string]time.Time
}

// incoming is the part of a snapshot that has arrived so far.
type incoming struct {
	from        string
	term, index uint64
	size        uint64
	data        []byte
}

func (n *Node) lock() { n.mu.Lock() }

// unlock publishes what /cluster/info answers.
func (n *Node) unlock() {
	var lead *string
	if n.leader != "" {
		l := n.leader
		lead = &l
	}
	now := info{n.id, n.group, n.role.String(), n.term, lead, without(n.config().members, n.id)}
	n.published.Store(now)
	n.mu.Unlock()
}

func without(ids []string, id string) []string {
	out := make([]string, 0, len(ids))
	for _, other := range ids {
		if other != id {
			out = append(out, other)
		}
	}
	return out
}

func (n *Node) config() Config { return n.configs[len(n.configs)-1] }

// voters are those that elections and majorities are counted over.
func (n *Node) voters() Config {
	if bug("flag-majority") {
		return Config{0, n.flagged}
	}
	return n.config()
}

func (n *Node) last() uint64 { return n.base + uint64(len(n.entries)) }

func (n *Node) entry(i uint64) *Entry { return &n.entries[i-n.base-1] }

func (n *Node) termAt(i uint64) uint64 {
	if i == n.base {
		return n.baseTerm
	}
	return n.entry(i).Term
}

// bytesAfter is how long the log is behind an index.
func (n *Node) bytesAfter(i uint64) int64 { return n.endOf(n.last()) - n.endOf(i) }

func (n *Node) endOf(i uint64) int64 {
	if i <= n.base {
		return n.baseEnd
	}
	return n.entry(i).end
}

// push appends entries in memory.
func (n *Node) push(entries []Entry) {
	for _, e := range entries {
		e.end = n.endOf(n.last()) + e.size()
		n.entries = append(n.entries, e)
		if e.Kind == kindMembers {
			n.configs = append(n.configs, Config{e.Index, split(string(e.Value))})
		}
	}
}

// cut drops the entries from an index on; on the disk the next one that is written does that.
func (n *Node) cut(from uint64) {
	if from > n.last() {
		return
	}
	n.entries = append([]Entry(nil), n.entries[:from-n.base-1]...)
	n.cuts++
	for len(n.configs) > 1 && n.config().index >= from && !bug("no-rollback") {
		n.configs = n.configs[:len(n.configs)-1]
	}
}

func (n *Node) load() {
	for _, name := range []string{"log.tmp", "snapshot.tmp"} {
		os.Remove(n.disk.path(name))
	}
	n.configs = []Config{{0, n.flagged}}
	var snapTerm uint64
	if b, err := os.ReadFile(n.disk.path("snapshot")); err == nil {
		s, err := decodeSnapshot(b)
		check(err)
		n.store, n.commit, n.snapIndex, snapTerm, n.snapBytes = s.store, s.index, s.index, s.term, int64(len(b))
		n.configs = []Config{s.config}
	} else if !os.IsNotExist(err) {
		check(err)
	}
	b, err := os.ReadFile(n.disk.path("log"))
	if os.IsNotExist(err) {
		b = stateRecord(baseRecord(nil, 0, 0), 0, "")
		n.disk.replace("log", b)
	} else {
		check(err)
	}
	size := n.replay(b)
	n.disk.file, err = os.OpenFile(n.disk.path("log"), os.O_WRONLY, 0)
	check(err)
	check(n.disk.file.Truncate(size))
	_, err = n.disk.file.Seek(size, io.SeekStart)
	check(err)
	n.disk.size = size
	if n.base > n.snapIndex {
		log.Fatalf("the log begins after %d, but the snapshot ends at %d", n.base, n.snapIndex)
	}
	if n.snapIndex > n.last() || n.termAt(n.snapIndex) != snapTerm {
		// It was killed between storing another's snapshot and dropping the log that does not lead to it.
		n.startLogAt(n.snapIndex, snapTerm)
	}
	if bug("lost-last") && len(n.entries) == 0 {
		n.base, n.baseTerm = 0, 0
	}
}

// replay reads the log file and says how much of it is sound.
func (n *Node) replay(b []byte) int64 {
	all := len(b)
	for len(b) >= 8 {
		size := binary.BigEndian.Uint32(b)
		if uint64(len(b)) < 8+uint64(size) || crc32.ChecksumIEEE(b[8:8+size]) != binary.BigEndian.Uint32(b[4:]) {
			break
		}
		r := &decoder{b: b[8 : 8+size]}
		switch r.num() {
		case recordBase:
			n.base, n.baseTerm = r.num(), r.num()
		case recordState:
			n.term, n.vote = r.num(), r.str()
		case recordEntry:
			e := decodeEntry(r)
			if e.Index > n.last()+1 || e.Index <= n.base {
				log.Fatalf("entry %d in a log of %d to %d", e.Index, n.base+1, n.last())
			}
			n.cut(e.Index)
			if e.Kind == kindMembers && e.Index <= n.config().index { // the snapshot's is as new or newer
				e.end = n.endOf(n.last()) + e.size()
				n.entries = append(n.entries, e)
			} else {
				n.push([]Entry{e})
			}
		}
		b = b[8+size:]
	}
	return int64(all - len(b))
}

// startLogAt drops all entries: the log goes on behind a snapshot.
func (n *Node) startLogAt(index, term uint64) {
	n.cut(n.base + 1)
	n.base, n.baseTerm = index, term
	f, size := n.disk.newLog(baseRecord(nil, index, term))
	n.disk.useLog(f, size, stateRecord(nil, n.term, n.vote))
}

func (n *Node) saveState() {
	n.disk.write(stateRecord(nil, n.term, n.vote))
	n.disk.sync()
}

// ---- roles -----------------------------------------------------------------------------------------------------

func (n *Node) resetDeadline() {
	wait := electionMin + 50*time.Millisecond + time.Duration(rand.Int63n(int64(450*time.Millisecond)))
	if bug("staggered") { // no bug: n1 stands first whenever it can, which is as right
		wait = electionMin + 100*time.Millisecond*time.Duration(n.id[len(n.id)-1]-'0')
	}
	n.deadline = time.Now().Add(wait)
}

// follow makes this node a follower, of an unknown leader if lead is empty.
func (n *Node) follow(term uint64, lead string) {
	if term > n.term {
		n.term, n.vote, n.leader = term, "", ""
		n.saveState()
	}
	if n.role == leader {
		for _, w := range n.waiters {
			w.ch <- Result{status: 503}
		}
		for _, r := range n.readers {
			r.ch <- false
		}
		n.waiters, n.readers, n.peers, n.leaving = nil, nil, nil, nil
		n.changing, n.learner = false, ""
		n.resetDeadline()
	}
	n.role, n.leader = follower, lead
}

// heardLeader is called for each message of this term's leader.
func (n *Node) heardLeader(term uint64, from string) {
	n.follow(term, from)
	n.heard = time.Now()
	n.resetDeadline()
}

func (n *Node) hasLeader() bool {
	return n.role == leader || n.leader != "" && time.Since(n.heard) < electionMin
}

func (n *Node) lead() {
	n.role, n.leader = leader, n.id
	n.waiters, n.leaving = map[uint64]waiter{}, map[string]time.Time{}
	n.peers = map[string]*Peer{}
	n.flushed = 0
	n.first = n.last() + 1
	n.append(Entry{Kind: kindNoop})
	n.updatePeers()
	log.Printf("%s leads in term %d, log %d to %d, commit %d, members %v", n.id, n.term, n.base+1, n.last(), n.commit,
		n.config().members)
}

// updatePeers starts and ends the copying of the log to others.
func (n *Node) updatePeers() {
	want := map[string]bool{}
	for _, id := range n.config().members {
		want[id] = true
	}
	for id, until := range n.leaving {
		if time.Now().Before(until) {
			want[id] = true
		} else {
			delete(n.leaving, id)
		}
	}
	if n.learner != "" {
		want[n.learner] = true
	}
	delete(want, n.id)
	for id := range n.peers {
		if !want[id] {
			delete(n.peers, id)
		}
	}
	for id := range want {
		if n.peers[id] == nil {
			p := &Peer{id: id, next: n.last(), acked: time.Now(), alive: true, kick: make(chan struct{}, 1)}
			n.peers[id] = p
			go n.beat(p)
			go n.replicate(p)
		}
	}
}

func (n *Node) tick() {
	n.lock()
	defer n.unlock()
	now := time.Now()
	if n.role == leader {
		heard := func(id string) bool {
			p := n.peers[id]
			return id == n.id || p != nil && now.Sub(p.acked) < quorumTimeout
		}
		if !n.voters().majority(heard) {
			log.Printf("%s steps down: no majority answers", n.id)
			n.follow(n.term, "")
		} else if len(n.leaving) > 0 {
			n.updatePeers()
		}
		return
	}
	if now.After(n.deadline) {
		n.resetDeadline()
		n.leader = ""
		if n.voters().has(n.id) || bug("disturb") {
			go n.campaign()
		}
	}
}

// campaign asks whether it would be elected, and only then stands.
func (n *Node) campaign() {
	n.lock()
	if n.role == leader || n.leader != "" {
		n.unlock()
		return
	}
	term := n.term
	m := &Msg{Kind: msgPreVote, From: n.id, Term: term + 1, Index: n.last(), LogTerm: n.termAt(n.last())}
	outsider := !n.voters().has(n.id)
	n.unlock()
	if !(bug("disturb") && outsider) && !n.poll(m) {
		n.lock()
		if n.term == term && n.role != leader && n.leader == "" { // nothing was lost: ask again soon
			n.deadline = time.Now().Add(200*time.Millisecond + time.Duration(rand.Int63n(int64(300*time.Millisecond))))
		}
		n.unlock()
		return
	}
	n.lock()
	if n.term != term || n.role == leader || n.leader != "" {
		n.unlock()
		return
	}
	n.term, n.vote, n.role = n.term+1, n.id, candidate
	n.saveState()
	n.resetDeadline()
	m = &Msg{Kind: msgVote, From: n.id, Term: n.term, Index: n.last(), LogTerm: n.termAt(n.last())}
	n.unlock()
	won := n.poll(m)
	n.lock()
	defer n.unlock()
	if won && n.term == m.Term && n.role == candidate {
		n.lead()
	}
}

// poll sends a request for votes to all, and tells whether a majority says yes.
func (n *Node) poll(m *Msg) bool {
	n.lock()
	voters := n.voters()
	n.unlock()
	type answer struct {
		id  string
		yes bool
	}
	answers := make(chan answer, len(voters.members))
	for _, id := range voters.members {
		if id == n.id {
			answers <- answer{id, true}
			continue
		}
		go func(id string) {
			r, ok := n.call(id, m, voteTimeout)
			if ok {
				n.lock()
				if r.Term > n.term {
					n.follow(r.Term, "")
				}
				n.unlock()
			}
			answers <- answer{id, ok && r.OK}
		}(id)
	}
	yes := map[string]bool{}
	for range voters.members {
		a := <-answers
		yes[a.id] = a.yes
		if voters.majority(func(id string) bool { return yes[id] }) {
			return true
		}
	}
	return false
}

func (n *Node) upToDate(m *Msg) bool {
	mine := n.termAt(n.last())
	return m.LogTerm > mine || m.LogTerm == mine && m.Index >= n.last()
}

func (n *Node) onVote(m *Msg) Reply {
	n.lock()
	defer n.unlock()
	stranger := bug("disturb") && !n.config().has(m.From)
	if m.Term > n.term && n.hasLeader() && !stranger {
		return Reply{Term: n.term}
	}
	if m.Kind == msgPreVote {
		return Reply{Term: n.term, OK: m.Term > n.term && n.upToDate(m)}
	}
	if m.Term > n.term {
		n.follow(m.Term, "")
	}
	if m.Term < n.term || n.vote != "" && n.vote != m.From || !n.upToDate(m) {
		return Reply{Term: n.term}
	}
	if n.vote == "" {
		n.vote = m.From
		n.saveState()
	}
	n.resetDeadline()
	return Reply{Term: n.term, OK: true}
}

// ---- copying the log -------------------------------------------------------------------------------------------

func kick(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// append puts an entry at the end of a leader's log. A majority decides what becomes of it.
func (n *Node) append(e Entry) uint64 {
	e.Index, e.Term = n.last()+1, n.term
	n.push([]Entry{e})
	n.disk.write(entryRecords(nil, []Entry{e}))
	kick(n.flush)
	for _, p := range n.peers {
		kick(p.kick)
	}
	return e.Index
}

// flusher brings a leader's own log to the disk; it counts itself only then.
func (n *Node) flusher() {
	for range n.flush {
		n.lock()
		last, term := n.last(), n.term
		n.unlock()
		n.disk.sync()
		n.lock()
		if n.role == leader && n.term == term {
			n.flushed = last
			n.advance()
		}
		n.unlock()
	}
}

// advance commits what a majority of the members has, if it is of this term.
func (n *Node) advance() {
	voters := n.voters()
	var has []uint64
	for _, id := range voters.members {
		if id == n.id {
			has = append(has, n.flushed)
		} else if p := n.peers[id]; p != nil {
			has = append(has, p.match)
		} else {
			has = append(has, 0)
		}
	}
	sort.Slice(has, func(i, j int) bool { return has[i] > has[j] })
	i := has[len(has)/2]
	if i <= n.commit || n.termAt(i) != n.term {
		return
	}
	n.commitTo(i)
	if c := n.config(); c.index <= n.commit && !c.has(n.id) {
		log.Printf("%s is no member any more", n.id)
		n.follow(n.term, "")
	}
}

// commitTo applies entries.
func (n *Node) commitTo(index uint64) {
	for n.commit < index {
		n.commit++
		e := n.entry(n.commit)
		r := Result{status: 200}
		if e.Kind != kindNoop && e.Kind != kindMembers {
			r = n.store.apply(e)
			n.tellNews()
		}
		if w, ok := n.waiters[e.Index]; ok {
			delete(n.waiters, e.Index)
			if w.term != e.Term {
				r = Result{status: 503}
			}
			w.ch <- r
		}
	}
	limit := compactAtBytes + n.store.bytes/2
	due := n.disk.size > limit // only a leader's flusher and this lock write: size cannot be torn here
	if bug("compact-entries") {
		due = n.commit-n.snapIndex > 10000
	}
	if due {
		n.startCompaction()
	}
}

func (n *Node) leads(p *Peer) bool { return n.role == leader && n.peers[p.id] == p }

func (n *Node) beat(p *Peer) {
	for {
		n.lock()
		leads := n.leads(p)
		n.unlock()
		if !leads {
			return
		}
		go n.heartbeat(p)
		time.Sleep(heartbeatEvery)
	}
}

// heartbeat asks a peer whether it still follows. It tells as committed only what this peer is known to have.
func (n *Node) heartbeat(p *Peer) bool {
	n.lock()
	if !n.leads(p) {
		n.unlock()
		return false
	}
	m := &Msg{Kind: msgBeat, From: n.id, Term: n.term, Commit: min(n.commit, p.match)}
	n.unlock()
	sent := time.Now()
	r, ok := n.call(p.id, m, beatTimeout)
	if !ok {
		return false
	}
	n.lock()
	defer n.unlock()
	return n.answered(p, m.Term, r, sent)
}

// answered notes that a peer has answered, and tells whether that counts.
func (n *Node) answered(p *Peer, term uint64, r Reply, sent time.Time) bool {
	if r.Term > n.term {
		n.follow(r.Term, "")
		return false
	}
	if !n.leads(p) || r.Term != term || n.term != term {
		return false
	}
	if sent.After(p.acked) {
		p.acked = sent
	}
	if !p.alive {
		p.alive = true
		kick(p.kick)
	}
	return true
}

func (n *Node) replicate(p *Peer) {
	for {
		n.lock()
		if !n.leads(p) {
			n.unlock()
			return
		}
		if p.next > n.last() || !p.alive {
			n.unlock()
			select {
			case <-p.kick:
			case <-time.After(200 * time.Millisecond):
			}
			continue
		}
		if n.wantsSnapshot(p) {
			n.unlock()
			n.sendSnapshot(p)
			continue
		}
		prev := p.next - 1
		m := &Msg{Kind: msgAppend, From: n.id, Term: n.term, Index: prev, LogTerm: n.termAt(prev), Commit: n.commit}
		w, count := &encoder{}, uint64(0)
		for i := p.next; i <= n.last() && len(w.b) < batchBytes; i++ {
			n.entry(i).encode(w)
			count++
		}
		m.Data = w.b
		n.unlock()
		sent := time.Now()
		r, ok := n.call(p.id, m, time.Second+time.Duration(len(w.b))*5*time.Microsecond)
		n.lock()
		if !ok {
			p.alive = false
		} else if n.answered(p, m.Term, r, sent) {
			if r.OK {
				n.matched(p, prev+count)
			} else {
				p.next = max(p.match+1, min(r.Next, prev))
			}
		}
		n.unlock()
	}
}

func (n *Node) matched(p *Peer, index uint64) {
	p.match = max(p.match, index)
	p.next = p.match + 1
	n.advance()
}

// wantsSnapshot tells whether a peer is better served with a snapshot than with entries: because they were dropped, or
// because they are more.
func (n *Node) wantsSnapshot(p *Peer) bool {
	if p.next <= n.base {
		return true
	}
	lag, behind := n.bytesAfter(p.next-1), n.bytesAfter(n.snapIndex)
	if n.snapIndex >= p.next && lag > behind+n.snapBytes+1<<20 {
		return true
	}
	if lag > 2*n.store.bytes+2<<20 && behind > n.store.bytes+1<<20 {
		n.startCompaction()
	}
	return false
}

func (n *Node) sendSnapshot(p *Peer) {
	n.lock()
	stale := p.snapIndex < n.base
	n.unlock()
	if p.snapshot == nil || stale {
		b, err := os.ReadFile(n.disk.path("snapshot"))
		check(err)
		r := &decoder{b: b}
		r.num()
		p.snapshot, p.snapIndex, p.snapTerm = b, r.num(), r.num()
	}
	size := uint64(len(p.snapshot))
	for offset := uint64(0); ; {
		n.lock()
		if !n.leads(p) {
			n.unlock()
			return
		}
		m := &Msg{Kind: msgSnapshot, From: n.id, Term: n.term, Index: p.snapIndex, LogTerm: p.snapTerm, Offset: offset,
			Size: size, Data: p.snapshot[offset:min(offset+batchBytes, size)]}
		n.unlock()
		sent := time.Now()
		r, ok := n.call(p.id, m, 5*time.Second)
		n.lock()
		if !ok {
			p.alive = false
			n.unlock()
			return
		}
		counts := n.answered(p, m.Term, r, sent)
		if counts && r.OK {
			n.matched(p, p.snapIndex)
			p.snapshot = nil
		}
		n.unlock()
		if !counts || r.OK || r.Next > size {
			return
		}
		offset = r.Next
	}
}

func (n *Node) onBeat(m *Msg) Reply {
	n.lock()
	defer n.unlock()
	if m.Term < n.term {
		return Reply{Term: n.term}
	}
	n.heardLeader(m.Term, m.From)
	n.commitTo(max(n.commit, min(m.Commit, n.last())))
	return Reply{Term: n.term, OK: true}
}

func (n *Node) onAppend(m *Msg) Reply {
	var entries []Entry
	for r := (&decoder{b: m.Data}); len(r.b) > 0; {
		e := decodeEntry(r)
		if r.bad {
			return Reply{}
		}
		entries = append(entries, e)
	}
	r := n.take(m, entries)
	if r.OK {
		n.disk.sync()
	}
	return r
}

func (n *Node) take(m *Msg, entries []Entry) Reply {
	n.lock()
	defer n.unlock()
	if m.Term < n.term {
		return Reply{Term: n.term}
	}
	n.heardLeader(m.Term, m.From)
	if m.Index > n.last() {
		return Reply{Term: n.term, Next: n.last() + 1}
	}
	// What is committed is the same everywhere, and may be in memory no more.
	if m.Index > n.commit && n.termAt(m.Index) != m.LogTerm {
		i := m.Index
		for i > n.commit+1 && n.termAt(i-1) == n.termAt(m.Index) {
			i--
		}
		return Reply{Term: n.term, Next: i}
	}
	for i, e := range entries {
		if e.Index <= n.commit || e.Index <= n.last() && n.termAt(e.Index) == e.Term {
			continue
		}
		n.cut(e.Index)
		n.push(entries[i:])
		n.disk.write(entryRecords(nil, entries[i:]))
		break
	}
	n.commitTo(max(n.commit, min(m.Commit, m.Index+uint64(len(entries)))))
	return Reply{Term: n.term, OK: true}
}

// onSnapshot takes a piece of a snapshot, and says which one it wants next.
func (n *Node) onSnapshot(m *Msg) Reply {
	n.lock()
	if m.Term < n.term {
		defer n.unlock()
		return Reply{Term: n.term}
	}
	n.heardLeader(m.Term, m.From)
	if m.Index <= n.commit {
		n.incoming = incoming{}
		defer n.unlock()
		return Reply{Term: n.term, OK: true}
	}
	in := &n.incoming
	if in.from != m.From || in.term != m.Term || in.index != m.Index || in.size != m.Size {
		*in = incoming{m.From, m.Term, m.Index, m.Size, nil}
	}
	if m.Offset == uint64(len(in.data)) {
		in.data = append(in.data, m.Data...)
	}
	if uint64(len(in.data)) < in.size {
		defer n.unlock()
		return Reply{Term: n.term, Next: uint64(len(in.data))}
	}
	data := in.data
	*in = incoming{}
	n.unlock()
	s, err := decodeSnapshot(data)
	if err != nil {
		log.Printf("a snapshot came in pieces that do not fit: %v", err)
		return Reply{Term: m.Term}
	}
	n.install(s, data)
	return Reply{Term: m.Term, OK: true}
}

// install stores a snapshot, and then goes on from it.
func (n *Node) install(s *Snapshot, data []byte) {
	n.snapMu.Lock()
	defer n.snapMu.Unlock()
	n.lock()
	old := s.index <= n.snapIndex
	n.unlock()
	if old {
		return
	}
	n.disk.replace("snapshot", data)
	n.lock()
	defer n.unlock()
	n.snapIndex, n.snapBytes = s.index, int64(len(data))
	if s.index <= n.commit {
		return
	}
	log.Printf("%s goes on from a snapshot of entry %d; it had %d", n.id, s.index, n.commit)
	if bug("keep-deleted") {
		for key, it := range n.store.items {
			if _, ok := s.store.items[key]; !ok {
				s.store.items[key] = it
			}
		}
	}
	n.store, n.commit = s.store, s.index
	n.store.news = true
	n.tellNews()
	if s.index <= n.last() && n.termAt(s.index) == s.term {
		return // the log goes on behind it as it is
	}
	n.startLogAt(s.index, s.term)
	n.configs = []Config{s.config}
}

// ---- compaction ------------------------------------------------------------------------------------------------

func (n *Node) startCompaction() {
	if !n.compacting && n.commit > n.snapIndex {
		n.compacting = true
		go n.compact()
	}
}

// compact stores a snapshot, and only then puts a short log in the place of the long one. Most of that log is copied
// while the node serves.
func (n *Node) compact() {
	n.snapMu.Lock()
	defer n.snapMu.Unlock()
	n.lock()
	s := &Snapshot{index: n.commit, term: n.termAt(n.commit), config: n.configAt(n.commit), store: n.store.copy()}
	n.unlock()
	if bug("late-state") {
		time.Sleep(30 * time.Millisecond)
		n.lock()
		s.store = n.store.copy()
		n.unlock()
	}
	store := func() int64 {
		data := s.encode()
		n.disk.replace("snapshot", data)
		return int64(len(data))
	}
	var size int64
	if !bug("cut-first") {
		size = store()
	}

	n.lock()
	cuts, copied := n.cuts, n.last()
	tail := append([]Entry(nil), n.entries[s.index-n.base:]...)
	n.unlock()
	f, length := n.disk.newLog(entryRecords(baseRecord(nil, s.index, s.term), tail))

	n.lock()
	if n.cuts != cuts { // the tail has changed meanwhile: once more
		f.Close()
		copied = n.last()
		f, length = n.disk.newLog(entryRecords(baseRecord(nil, s.index, s.term), n.entries[s.index-n.base:]))
	}
	more := entryRecords(stateRecord(nil, n.term, n.vote), n.entries[copied-n.base:])
	n.disk.useLog(f, length, more)
	if bug("cut-first") {
		n.unlock()
		size = store()
		n.lock()
	}
	n.snapIndex, n.snapBytes = s.index, size
	n.forget()
	n.compacting = false
	n.unlock()
}

func (n *Node) configAt(index uint64) Config {
	c := n.configs[0]
	for _, next := range n.configs {
		if next.index <= index {
			c = next
		}
	}
	return c
}

// forget drops entries that the snapshot covers from memory, but for some that others may lack.
func (n *Node) forget() {
	drop := uint64(0)
	for n.base+drop < n.snapIndex && n.endOf(n.snapIndex)-n.endOf(n.base+drop) > retainBytes {
		drop++
	}
	if drop > 0 {
		index := n.base + drop
		n.baseEnd, n.baseTerm = n.endOf(index), n.termAt(index)
		n.entries = append([]Entry(nil), n.entries[drop:]...)
		n.base = index
	}
	for len(n.configs) > 1 && n.configs[1].index <= n.snapIndex {
		n.configs = n.configs[1:]
	}
}

// ---- messages --------------------------------------------------------------------------------------------------

const (
	msgPreVote = iota
	msgVote
	msgBeat
	msgAppend
	msgSnapshot
)

// Msg is any message; Index and LogTerm are those of the candidate's last entry, of the entry before the first of
// Data, or of the snapshot.
type Msg struct {
	Kind                 uint64
	From                 string
	Term, Index, LogTerm uint64
	Commit, Offset, Size uint64
	Data                 []byte
}

type Reply struct {
	Term uint64
	OK   bool
	Next uint64 // the entry to go on with, or the offset
}

func (m *Msg) encode() []byte {
	w := &encoder{make([]byte, 0, len(m.Data)+100)}
	w.num(m.Kind)
	w.str(m.From)
	for _, v := range []uint64{m.Term, m.Index, m.LogTerm, m.Commit, m.Offset, m.Size} {
		w.num(v)
	}
	w.bytes(m.Data)
	return w.b
}

func decodeMsg(b []byte) (*Msg, bool) {
	r := &decoder{b: b}
	m := &Msg{Kind: r.num(), From: r.str(), Term: r.num(), Index: r.num(), LogTerm: r.num(), Commit: r.num(),
		Offset: r.num(), Size: r.num(), Data: r.bytes()}
	return m, !r.bad
}

// call sends a message and waits for the answer. A link that was cut is silent; only the time-out ends that.
func (n *Node) call(to string, m *Msg, timeout time.Duration) (Reply, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "POST", "http://"+n.addrs[to]+"/raft", bytes.NewReader(m.encode()))
	if err != nil {
		return Reply{}, false
	}
	resp, err := n.client.Do(req)
	if err != nil {
		return Reply{}, false
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		return Reply{}, false
	}
	r := &decoder{b: b}
	reply := Reply{Term: r.num(), OK: r.num() == 1, Next: r.num()}
	return reply, !r.bad
}

func (n *Node) onMessage(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	m, ok := decodeMsg(b)
	if !ok {
		w.WriteHeader(400)
		return
	}
	if bug("strangers") {
		n.lock()
		known := n.config().has(m.From)
		n.unlock()
		if !known {
			w.WriteHeader(400)
			return
		}
	}
	var reply Reply
	switch m.Kind {
	case msgPreVote, msgVote:
		reply = n.onVote(m)
	case msgBeat:
		reply = n.onBeat(m)
	case msgAppend:
		reply = n.onAppend(m)
	case msgSnapshot:
		reply = n.onSnapshot(m)
	}
	e := &encoder{}
	e.num(reply.Term)
	if reply.OK {
		e.num(1)
	} else {
		e.num(0)
	}
	e.num(reply.Next)
	w.Write(e.b)
}

// ---- what clients ask ------------------------------------------------------------------------------------------

func (n *Node) alone() bool { return len(n.addrs) == 0 }

func (n *Node) patience() time.Duration {
	if n.alone() {
		return time.Minute
	}
	return requestTimeout
}

// elsewhere is the answer of a node that does not lead.
func (n *Node) elsewhere() Result {
	if addr, ok := n.addrs[n.leader]; ok {
		return Result{status: 307, location: addr}
	}
	return Result{status: 503}
}

// propose appends an entry and waits until it is applied, or lost.
func (n *Node) propose(e Entry) Result {
	n.lock()
	if n.role != leader {
		defer n.unlock()
		return n.elsewhere()
	}
	w := waiter{n.term, make(chan Result, 1)}
	n.waiters[n.append(e)] = w
	n.unlock()
	select {
	case r := <-w.ch:
		return r
	case <-time.After(n.patience()):
		return Result{status: 503}
	}
}

// confirm returns when this node was known to lead at some moment after the call, and has applied all that was
// committed by then. Otherwise it says what to answer instead.
func (n *Node) confirm() (Result, bool) {
	n.lock()
	if n.role != leader {
		defer n.unlock()
		return n.elsewhere(), false
	}
	r := reader{time.Now().Add(n.patience()), make(chan bool, 1)}
	n.readers = append(n.readers, r)
	n.unlock()
	kick(n.readKick)
	select {
	case ok := <-r.ch:
		return Result{status: 503}, ok
	case <-time.After(n.patience()):
		return Result{status: 503}, false
	}
}

// confirmer asks the others, once for all the reads that wait, whether this node still leads.
func (n *Node) confirmer() {
	for range n.readKick {
		n.lock()
		if n.role != leader || len(n.readers) == 0 { // follow() has answered them
			n.unlock()
			continue
		}
		if n.commit < n.first {
			n.unlock()
			time.AfterFunc(10*time.Millisecond, func() { kick(n.readKick) })
			continue
		}
		readers, term := n.readers, n.term
		n.readers = nil
		voters := n.voters()
		var peers []*Peer
		for _, id := range voters.members {
			if p := n.peers[id]; p != nil {
				peers = append(peers, p)
			}
		}
		n.unlock()

		ok := n.confirmed(voters, peers)

		n.lock()
		still := n.role == leader && n.term == term
		for _, r := range readers {
			if ok && still || !still {
				r.ch <- ok && still
			} else if time.Now().Before(r.expires) {
				n.readers = append(n.readers, r)
			}
		}
		if len(n.readers) > 0 {
			kick(n.readKick)
		}
		n.unlock()
	}
}

func (n *Node) confirmed(voters Config, peers []*Peer) bool {
	follows := map[string]bool{n.id: true}
	isIn := func(id string) bool { return follows[id] }
	answers := make(chan string, len(peers))
	for _, p := range peers {
		go func(p *Peer) {
			if n.heartbeat(p) {
				answers <- p.id
			} else {
				answers <- ""
			}
		}(p)
	}
	for i := 0; i < len(peers) && !voters.majority(isIn); i++ {
		follows[<-answers] = true
	}
	return voters.majority(isIn)
}

// change adds or removes a member.
func (n *Node) change(id string, add bool) Result {
	// Bugs of a change on a leader that was cut off show only without this question.
	if !bug("no-rollback") && !bug("two-changes") {
		if r, ok := n.confirm(); !ok {
			return r
		}
	}
	n.lock()
	if n.role != leader {
		defer n.unlock()
		return n.elsewhere()
	}
	term, old := n.term, n.config()
	pending := n.changing || old.index > n.commit
	if bug("two-changes") {
		pending = false
	}
	if old.index <= n.commit && old.has(id) == add && n.learner != id {
		defer n.unlock()
		return Result{status: 200}
	}
	if pending || !add && len(old.members) == 1 {
		defer n.unlock()
		return Result{status: 409}
	}
	n.changing = true
	if add {
		n.learner = id
		if bug("two-changes") {
			n.leaving[id] = time.Now().Add(catchUpTimeout)
		}
		n.updatePeers()
	}
	n.unlock()

	r := Result{status: 503}
	if !add || bug("early-put") || n.caughtUp(id, term) {
		r = n.replaceMembers(id, add, term)
	}

	n.lock()
	defer n.unlock()
	if n.role == leader && n.term == term {
		n.changing = false
		if add && n.learner == id {
			n.learner = ""
		}
		n.updatePeers()
	}
	return r
}

// caughtUp waits until a learner has what this leader had a moment ago.
func (n *Node) caughtUp(id string, term uint64) bool {
	for deadline, began, goal := time.Now().Add(catchUpTimeout), time.Now(), uint64(0); time.Now().Before(deadline); {
		n.lock()
		p := n.peers[id]
		if n.role != leader || n.term != term || p == nil {
			n.unlock()
			return false
		}
		reached, last := p.match >= goal, n.last()
		n.unlock()
		if reached && goal > 0 && time.Since(began) < electionMin {
			return true
		}
		if reached {
			began, goal = time.Now(), last
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

// replaceMembers appends the new configuration, which counts at once, and waits for its commit and for the new member.
func (n *Node) replaceMembers(id string, add bool, term uint64) Result {
	n.lock()
	if n.role != leader || n.term != term {
		defer n.unlock()
		return Result{status: 503}
	}
	members := without(n.config().members, id)
	if add {
		members = append(members, id)
		sort.Strings(members)
	} else {
		n.leaving[id] = time.Now().Add(catchUpTimeout)
	}
	w := waiter{n.term, make(chan Result, 1)}
	index := n.append(Entry{Kind: kindMembers, Value: []byte(strings.Join(members, ","))})
	n.waiters[index] = w
	n.updatePeers()
	n.unlock()
	var r Result
	select {
	case r = <-w.ch:
	case <-time.After(requestTimeout):
		return Result{status: 503}
	}
	deadline := time.Now().Add(requestTimeout)
	for add && r.status == 200 && !bug("early-put") {
		n.lock()
		p := n.peers[id]
		leads, has := n.role == leader && n.term == term && p != nil, p != nil && p.match >= index
		n.unlock()
		if has {
			break
		}
		if !leads || time.Now().After(deadline) {
			return Result{status: 503}
		}
		time.Sleep(10 * time.Millisecond)
	}
	if !add {
		n.lock()
		if n.leaving != nil {
			n.leaving[id] = time.Now().Add(leavingTime)
		}
		n.unlock()
	}
	return r
}

func (n *Node) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case path == "/raft" && r.Method == "POST":
		n.onMessage(w, r)
	case strings.HasPrefix(path, "/kv/"):
		n.serveKey(w, r, path[len("/kv/"):])
	case path == "/clear":
		if r.Method != "DELETE" {
			text(w, 405, "method not allowed")
			return
		}
		n.answer(w, r, n.propose(Entry{Kind: kindClear, Idem: r.Header.Get("Idempotency-Key")}))
	case path == "/txn":
		n.serveTxn(w, r)
	case strings.HasPrefix(path, "/internal/"):
		n.serveInternal(w, r, path[len("/internal/"):])
	case path == "/cluster/groups" || strings.HasPrefix(path, "/cluster/groups/"):
		n.serveGroups(w, r, strings.TrimPrefix(path[len("/cluster/groups"):], "/"))
	case strings.HasPrefix(path, "/cluster/locate/") && r.Method == "GET":
		n.serveLocate(w, r, path[len("/cluster/locate/"):])
	case path == "/cluster/info" && r.Method == "GET":
		answerJSON(w, n.published.Load())
	case path == "/cluster/members" && r.Method == "GET":
		n.lock()
		members := n.config().members
		n.unlock()
		answerJSON(w, map[string][]string{"members": members})
	case strings.HasPrefix(path, "/cluster/members/"):
		id := path[len("/cluster/members/"):]
		if r.Method != "PUT" && r.Method != "DELETE" {
			text(w, 405, "method not allowed")
		} else if _, ok := n.addrs[id]; !ok && id != n.id {
			text(w, 404, "unknown node")
		} else {
			n.answer(w, r, n.change(id, r.Method == "PUT"))
		}
	default:
		text(w, 404, "not found")
	}
}

func (n *Node) serveKey(w http.ResponseWriter, r *http.Request, key string) {
	// A body that is not read would break the connection.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 8<<20))
	if err != nil {
		text(w, 400, "the body cannot be read")
		return
	}
	known := r.Method == "GET" || r.Method == "PUT" || r.Method == "DELETE"
	switch {
	case !known:
		text(w, 405, "method not allowed")
	case key == "":
		text(w, 400, "key cannot be empty")
	case r.Method == "PUT" && len(body) == 0:
		text(w, 400, "value cannot be empty")
	case r.Method == "GET":
		if r.URL.Query().Get("read") == "local" {
			n.lock()
			found := Result{status: 404}
			if n.store.shared.Slots[slotOf(key)].State == slotOwned {
				found = n.store.get(key)
			}
			n.unlock()
			n.answer(w, r, found)
			return
		}
		n.answer(w, r, n.routed(slotOf(key), func() Result { return n.read(key) }))
	default:
		e := Entry{Kind: kindPut, Key: key, Value: body, Idem: r.Header.Get("Idempotency-Key")}
		if r.Method == "DELETE" {
			e.Kind, e.Value = kindDelete, nil
		}
		if tag := r.Header.Get("If-Match"); tag != "" {
			e.Cond, e.ETag = ifMatch, tag
		} else if r.Header.Get("If-None-Match") == "*" {
			e.Cond = ifAbsent
		}
		n.answer(w, r, n.routed(slotOf(key), func() Result { return n.propose(e) }))
	}
}

// read is a linearizable read at a leader.
func (n *Node) read(key string) Result {
	if instead, ok := n.confirm(); !ok {
		return instead
	}
	n.lock()
	defer n.unlock()
	if n.store.shared.Slots[slotOf(key)].State != slotOwned {
		return Result{status: notHere}
	}
	if n.store.blocked(key, false) {
		return Result{status: isLocked}
	}
	return n.store.get(key)
}

func (n *Node) answer(w http.ResponseWriter, r *http.Request, res Result) {
	if res.etag != "" {
		w.Header().Set("ETag", quote(res.etag))
	}
	switch res.status {
	case 200:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Write(res.value)
	case 307:
		w.Header().Set("Location", "http://"+res.location+r.URL.RequestURI())
		text(w, 307, "ask the leader")
	case 202:
		text(w, 202, "keys move")
	case 400:
		text(w, 400, "malformed")
	case 404:
		text(w, 404, "key not found")
	case 409:
		text(w, 409, "another change is under way")
	case 412:
		text(w, 412, "precondition failed")
	default:
		text(w, 503, "no leader, or no majority")
	}
}

func text(w http.ResponseWriter, status int, s string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	io.WriteString(w, s+"\n")
}

func answerJSON(w http.ResponseWriter, v interface{}) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

func min(a, b uint64) uint64 {
	if a < b {
		return a
	}
	return b
}

func max(a, b uint64) uint64 {
	if a > b {
		return a
	}
	return b
}

func main() {
	port := flag.Int("port", 0, "")
	dir := flag.String("working-dir", "", "")
	id := flag.String("id", "n1", "")
	peers := flag.String("peers", "", "")
	members := flag.String("members", "", "")
	group := flag.String("group", "", "")
	groups := flag.String("groups", "", "")
	flag.Parse()
	log.SetFlags(log.Ltime | log.Lmicroseconds)
	rand.Seed(time.Now().UnixNano() + int64(os.Getpid()))
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	go func() { <-stop; os.Exit(0) }() // whatever was answered 200 is on the disk
	if s, err := strconv.Atoi(os.Getenv("SLEEP")); err == nil {
		time.Sleep(time.Duration(s) * time.Second)
	}

	n := &Node{id: *id, addrs: map[string]string{}, disk: &Disk{dir: *dir},
		flush: make(chan struct{}, 1), readKick: make(chan struct{}, 1)}
	everyone := []string{*id}
	for _, peer := range split(*peers) {
		name, addr, _ := strings.Cut(peer, "=")
		n.addrs[name] = addr
		everyone = append(everyone, name)
	}
	n.flagged = split(*members)
	if n.flagged == nil {
		n.flagged = everyone
	}
	sort.Strings(n.flagged)
	n.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16, IdleConnTimeout: 10 * time.Second,
		DisableCompression: true, DialContext: (&net.Dialer{Timeout: time.Second}).DialContext}}

	check(os.MkdirAll(*dir, 0o755))
	n.startGroups(*group, *groups)
	n.load()
	n.lock()
	n.loadMap()
	n.resetDeadline()
	go n.flusher()
	go n.confirmer()
	if c := n.config(); len(c.members) == 1 && c.has(n.id) { // it needs nobody else's vote
		n.term, n.vote = n.term+1, n.id
		n.saveState()
		n.lead()
		n.unlock()
		n.disk.sync()
		n.lock()
	}
	n.unlock()
	n.runGroups()
	go func() {
		for range time.Tick(20 * time.Millisecond) {
			n.tick()
		}
	}()
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	check(err)
	log.Fatal(http.Serve(listener, n))
}
