package main

// The keys are split among groups of nodes. A key hashes to one of a fixed number of slots, and each slot has an owner, a
// group. One group, the keeper, has the map of owners in its log; but what counts is the state of the owner itself: it
// knows from its own log which slots it has. Nodes of other groups send clients on with 307.

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"io"
	"math/rand"
	"net/http"
	"os"
	"sort"
	"strings"
	"sync/atomic"
	"time"
)

const (
	slotCount    = 128 // far more than groups; each may move alone
	gossipEvery  = 300 * time.Millisecond
	freshFor     = 1500 * time.Millisecond // what a node has told about its group counts for as long
	waitForSlot  = 1 * time.Second         // a request waits as long for a slot to arrive, or for a lock
	freshMapFor  = 50 * time.Millisecond
	keeperIsDown = 1 * time.Second // after a failure, the keeper is not asked for as long
)

// slotOf hashes a key: FNV-1a, which is the same in each process, and then some mixing, because the low bits of FNV
// alone are not good for keys that differ in their last characters only.
func slotOf(key string) int {
	if bug("seeded-hash") {
		return int(maphash.String(processSeed, key) % slotCount)
	}
	h := uint64(14695981039346656037)
	for i := 0; i < len(key); i++ {
		h = (h ^ uint64(key[i])) * 1099511628211
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	return int(h % slotCount)
}

var processSeed = maphash.MakeSeed()

// ---- the map ---------------------------------------------------------------------------------------------------

// GroupMap says who owns which slot, and who is to. One that others may have seen is never changed, but replaced.
type GroupMap struct {
	Keeper  string
	Version int    // of the set of groups
	Seq     uint64 // higher after each change of anything
	Groups  map[string][]string
	Owner   []string
	Gen     []uint64 // how often the slot has moved
	Target  []string
}

func (m *GroupMap) settled() bool {
	for i := range m.Owner {
		if m.Owner[i] != m.Target[i] {
			return false
		}
	}
	return true
}

func (m *GroupMap) clone() *GroupMap {
	c := *m
	c.Seq++
	c.Groups = map[string][]string{}
	for g, ids := range m.Groups {
		c.Groups[g] = ids
	}
	c.Owner = append([]string(nil), m.Owner...)
	c.Gen = append([]uint64(nil), m.Gen...)
	c.Target = append([]string(nil), m.Target...)
	return &c
}

func (m *GroupMap) names() []string {
	var names []string
	for g := range m.Groups {
		names = append(names, g)
	}
	sort.Strings(names)
	return names
}

// singleMap is the map of a store with one group.
func singleMap(group string, members []string) *GroupMap {
	return firstMap(map[string][]string{group: members})
}

func firstMap(groups map[string][]string) *GroupMap {
	m := &GroupMap{Version: 1, Groups: groups, Gen: make([]uint64, slotCount)}
	names := m.names()
	m.Keeper = names[0]
	for i := 0; i < slotCount; i++ {
		owner := names[i%len(names)]
		if bug("skewed") && i%16 != 1 {
			owner = names[0]
		}
		m.Owner = append(m.Owner, owner)
	}
	m.Target = append([]string(nil), m.Owner...)
	return m
}

// balance gives slots to whoever has least until all have the same, or one more; it moves no more than it must.
func (m *GroupMap) balance() {
	names := m.names()
	has := map[string][]int{}
	var free []int
	for i, g := range m.Target {
		if _, ok := m.Groups[g]; ok {
			has[g] = append(has[g], i)
		} else {
			free = append(free, i)
		}
	}
	most := (slotCount + len(names) - 1) / len(names)
	least := slotCount / len(names)
	for _, g := range names { // all above the fair share is free, and one in each group that may have one more
		for len(has[g]) > most {
			last := len(has[g]) - 1
			free = append(free, has[g][last])
			has[g] = has[g][:last]
		}
	}
	poorest := func() string {
		p := names[0]
		for _, g := range names {
			if len(has[g]) < len(has[p]) {
				p = g
			}
		}
		return p
	}
	for _, i := range free {
		g := poorest()
		m.Target[i] = g
		has[g] = append(has[g], i)
	}
	for g := poorest(); len(has[g]) < least; g = poorest() {
		rich := names[0]
		for _, other := range names {
			if len(has[other]) > len(has[rich]) {
				rich = other
			}
		}
		last := len(has[rich]) - 1
		i := has[rich][last]
		has[rich] = has[rich][:last]
		m.Target[i] = g
		has[g] = append(has[g], i)
	}
}

// mapChange is the content of a kindMap entry.
type mapChange struct {
	Group   string
	Members []string // none: the group leaves
}

func (s *Store) applyMap(e *Entry) Result {
	var c mapChange
	fromJSON(e.Value, &c)
	m := s.shared.Map
	if m == nil {
		return Result{status: 404}
	}
	old, exists := m.Groups[c.Group]
	if exists == (c.Members != nil) && (!exists || sameIDs(old, c.Members)) {
		if m.settled() {
			return Result{status: 200}
		}
		return Result{status: 202}
	}
	if !m.settled() || exists && c.Members != nil || c.Group == m.Keeper {
		return Result{status: 409}
	}
	m = m.clone()
	m.Version++
	if c.Members != nil {
		m.Groups[c.Group] = c.Members
	} else {
		delete(m.Groups, c.Group)
	}
	m.balance()
	s.shared.Map, s.news = m, true
	return Result{status: 202}
}

func sameIDs(a, b []string) bool { return strings.Join(a, ",") == strings.Join(b, ",") }

// owned is what an owner reports to the keeper.
type owned struct {
	Slot  int
	Gen   uint64
	Group string
}

func (s *Store) applyOwners(e *Entry) Result {
	var list []owned
	fromJSON(e.Value, &list)
	if s.shared.Map == nil {
		return Result{status: 404}
	}
	m := s.shared.Map.clone()
	for _, o := range list {
		if o.Gen > m.Gen[o.Slot] {
			m.Owner[o.Slot], m.Gen[o.Slot] = o.Group, o.Gen
		}
	}
	s.shared.Map, s.news = m, true
	return Result{status: 200}
}

// ---- what a node knows of other groups -------------------------------------------------------------------------

type groups struct {
	group   string
	split   bool          // whether there are groups at all
	changed chan struct{} // closed when there is news; guarded by mu
	closing map[int]bool  // slots that take no transactions, because they are about to move; of a leader
	guarded map[string]bool

	view     atomic.Value // *GroupMap: the newest that this node has seen; written under mu
	mapAsked time.Time    // when the question was sent that view is an answer of the keeper to
	mapFails time.Time
	heardOf  map[string]report // by node
	lastOf   map[string]string // by group: the node that last answered for it
	driving  map[string]bool   // transactions that a request of this leader is at work on
}

// report is what a node says about its group.
type report struct {
	Group  string
	Leader string
	Term   uint64
	Map    *GroupMap
	at     time.Time
}

func (n *Node) startGroups(group, list string) {
	n.group, n.split = group, list != ""
	n.changed = make(chan struct{})
	n.closing, n.guarded, n.driving = map[int]bool{}, map[string]bool{}, map[string]bool{}
	n.heardOf, n.lastOf = map[string]report{}, map[string]string{}
	first := singleMap(group, n.flagged)
	if n.split {
		named := map[string][]string{}
		for _, part := range strings.Split(list, ",") {
			name, ids, _ := strings.Cut(part, "=")
			named[name] = strings.Split(ids, "+")
		}
		first = firstMap(named)
	}
	n.store = newStore(group, first)
	n.view.Store(first)
}

func (n *Node) known() *GroupMap { return n.view.Load().(*GroupMap) }

// loadMap takes the newest of the maps that this node had before it was killed. A node of a group that has left would
// otherwise believe its flags.
func (n *Node) loadMap() {
	if b, err := os.ReadFile(n.disk.path("map")); err == nil {
		m := &GroupMap{}
		if json.Unmarshal(b, m) == nil && len(m.Owner) == slotCount {
			n.learn(m)
		}
	}
	n.learn(n.store.shared.Map)
}

// learn takes a map if it is newer. Held: mu.
func (n *Node) learn(m *GroupMap) {
	if m == nil || m.Seq <= n.known().Seq {
		return
	}
	n.view.Store(m)
	n.wake()
	// It is only a hint: it need not be on the disk before anybody is answered.
	if err := os.WriteFile(n.disk.path("map.tmp"), toJSON(m), 0o644); err == nil {
		os.Rename(n.disk.path("map.tmp"), n.disk.path("map"))
	}
}

func (n *Node) wake() {
	close(n.changed)
	n.changed = make(chan struct{})
}

// tellNews wakes those who wait for what an entry may have brought. Held: mu.
func (n *Node) tellNews() {
	if n.store.news {
		n.store.news = false
		n.wake()
		n.learn(n.store.shared.Map)
	}
}

func (n *Node) runGroups() {
	go n.finishTransactions()
	if !n.split {
		return
	}
	for id := range n.addrs {
		go n.gossip(id)
	}
	go n.moveSlots()
}

// gossip asks one other node again and again what it knows.
func (n *Node) gossip(id string) {
	for {
		var r report
		if n.post(id, "gossip", n.known().Seq, &r, 800*time.Millisecond) {
			n.lock()
			r.at = time.Now()
			n.learn(r.Map)
			r.Map = nil
			n.heardOf[id] = r
			n.unlock()
		}
		time.Sleep(gossipEvery + time.Duration(rand.Int63n(int64(gossipEvery/5))))
	}
}

func (n *Node) onGossip(seq uint64) report {
	now := n.published.Load().(info)
	r := report{Group: n.group, Term: now.Term}
	if now.Leader != nil {
		r.Leader = *now.Leader
	}
	if m := n.known(); m.Seq > seq {
		r.Map = m
	}
	return r
}

// pick chooses a node of another group that a client, or a message, may go to: its leader, if anybody knows it. Held: mu.
func (n *Node) pick(group string) string {
	var best report
	var alive []string
	for id, r := range n.heardOf {
		if r.Group != group || time.Since(r.at) > freshFor {
			continue
		}
		alive = append(alive, id)
		if r.Leader != "" && r.Term >= best.Term {
			best = r
		}
	}
	if best.Leader != "" {
		return best.Leader
	}
	if len(alive) > 0 {
		return alive[rand.Intn(len(alive))]
	}
	if id := n.lastOf[group]; id != "" {
		return id
	}
	if all := n.nodesOf(group); len(all) > 0 {
		return all[rand.Intn(len(all))]
	}
	return ""
}

// nodesOf lists the other nodes of a group. Held: mu.
func (n *Node) nodesOf(group string) []string {
	ids := without(n.known().Groups[group], n.id)
	if len(ids) == 0 {
		for id, r := range n.heardOf {
			if r.Group == group {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// elsewhereGroup sends a client to another group. Held: mu.
func (n *Node) elsewhereGroup(group string) Result {
	if addr, ok := n.addrs[n.pick(group)]; ok {
		return Result{status: 307, location: addr}
	}
	return Result{status: 503}
}

// ownerOf is who owns a slot as far as this node knows: its own state, or the map if the slot has moved since. Held: mu.
func (n *Node) ownerOf(slot int) string {
	own, m := n.store.shared.Slots[slot], n.known()
	if own.State == slotNone || own.Gen < m.Gen[slot] {
		return m.Owner[slot]
	}
	if own.State == slotGone {
		return own.To
	}
	return n.group // or about to leave
}

// ready tells whether this node leads and knows all that is committed. Held: mu.
func (n *Node) ready() bool { return n.role == leader && n.commit >= n.first }

// route says what to answer instead of serving, or that this is the leader to serve it. Held: mu.
func (n *Node) route(slot int) (Result, bool) {
	if n.role == leader && !n.ready() {
		return Result{status: notHere}, false
	}
	owner := n.ownerOf(slot)
	if owner != n.group {
		return n.elsewhereGroup(owner), false
	}
	if n.role != leader {
		return n.elsewhere(), false
	}
	if n.store.shared.Slots[slot].State != slotOwned || n.closing[slot] && bug("keeps-serving") {
		return Result{status: notHere}, false
	}
	return Result{}, true
}

// routed does something where a slot is, or sends the client there. Slots move and locks are held for some hundredths
// of a second as a rule: it is better to wait than to answer 503.
func (n *Node) routed(slot int, attempt func() Result) Result {
	if bug("wait-for-dead") || bug("asks-first") {
		n.askAll()
	}
	for began := time.Now(); ; {
		n.lock()
		changed := n.changed
		r, here := n.route(slot)
		n.unlock()
		if here {
			r = attempt()
		}
		if r.status < notHere {
			return r
		}
		if time.Since(began) > waitForSlot {
			return Result{status: 503}
		}
		n.await(changed)
	}
}

func (n *Node) await(changed chan struct{}) {
	select {
	case <-changed:
	case <-time.After(50 * time.Millisecond):
	}
}

// askAll is a mistake.
func (n *Node) askAll() {
	var r report
	for id := range n.addrs {
		for i := 0; !n.post(id, "gossip", uint64(0), &r, time.Second) && bug("wait-for-dead") && i < 20; i++ {
			time.Sleep(50 * time.Millisecond)
		}
	}
}

// ---- messages between groups -----------------------------------------------------------------------------------

// post sends JSON to one node and decodes what it answers.
func (n *Node) post(id, path string, question, answer interface{}, timeout time.Duration) bool {
	addr, ok := n.addrs[id]
	if !ok {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "POST", "http://"+addr+"/internal/"+path, bytes.NewReader(toJSON(question)))
	if err != nil {
		return false
	}
	resp, err := n.client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return err == nil && resp.StatusCode == 200 && json.Unmarshal(b, answer) == nil
}

// reply is what a group's leader answers to another group.
type reply struct {
	Status  int    // 307: another node leads
	Leader  string // of 307, if it is known
	Map     *GroupMap
	Results []opResult
	Index   uint64
	Outcome string
}

// callGroup asks whoever leads a group, and goes on until there is an answer or the time is over. All that is asked this
// way may come twice.
func (n *Node) callGroup(group, path string, question interface{}, attempt time.Duration, deadline time.Time) (reply, bool) {
	next, tries := "", 0
	for time.Now().Before(deadline) {
		if next == "" {
			n.lock()
			next = n.pick(group)
			if all := n.nodesOf(group); tries > 0 && len(all) > 0 { // whoever it was did not answer
				next = all[rand.Intn(len(all))]
			}
			n.unlock()
		}
		tries++
		var r reply
		timeout := time.Until(deadline)
		if timeout > attempt {
			timeout = attempt
		}
		ok := n.post(next, path, question, &r, timeout)
		if ok && r.Status != 307 {
			n.lock()
			n.lastOf[group] = next
			n.unlock()
			return r, true
		}
		if ok && r.Leader != "" && r.Leader != next {
			next = r.Leader
			if tries%4 != 0 {
				continue
			}
		}
		next = ""
		time.Sleep(30 * time.Millisecond)
	}
	return reply{}, false
}

// serveInternal answers other nodes.
func (n *Node) serveInternal(w http.ResponseWriter, r *http.Request, path string) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if path == "gossip" {
		var seq uint64
		fromJSON(b, &seq)
		answerJSON(w, n.onGossip(seq))
		return
	}
	n.lock()
	leads, lead := n.role == leader, n.leader
	n.unlock()
	if !leads {
		answerJSON(w, reply{Status: 307, Leader: lead})
		return
	}
	var out reply
	switch path {
	case "map":
		out = n.onMap()
	case "owners":
		out = n.proposeJSON(kindOwners, b)
		if out.Status == 200 {
			out.Map = n.known()
		}
	case "install":
		out = n.proposeJSON(kindInstall, b)
	case "prepare":
		out = n.onPrepare(b)
	case "outcome":
		out = n.proposeJSON(kindOutcome, b)
	case "ask":
		out = n.onAsk(b)
	default:
		w.WriteHeader(404)
		return
	}
	answerJSON(w, out)
}

func (n *Node) proposeJSON(kind Kind, b []byte) reply {
	r := n.propose(Entry{Kind: kind, Value: b})
	return reply{Status: r.status}
}

// onMap answers with the map as it is now, which takes a question to the others of this group.
func (n *Node) onMap() reply {
	if _, ok := n.confirm(); !ok {
		return reply{Status: 503}
	}
	n.lock()
	defer n.unlock()
	if n.store.shared.Map == nil {
		return reply{Status: 503}
	}
	return reply{Status: 200, Map: n.store.shared.Map}
}

// freshMap is the map as the keeper has it, at some moment after the call.
func (n *Node) freshMap() (*GroupMap, bool) {
	n.lock()
	keeper, leads := n.known().Keeper, n.role == leader
	n.unlock()
	asked := time.Now()
	var r reply
	ok := true
	if n.group == keeper && leads {
		r = n.onMap()
	} else {
		r, ok = n.callGroup(keeper, "map", nil, 700*time.Millisecond, asked.Add(1500*time.Millisecond))
	}
	ok = ok && r.Status == 200
	n.lock()
	defer n.unlock()
	if !ok {
		n.mapFails = time.Now()
		return nil, false
	}
	n.learn(r.Map)
	if asked.After(n.mapAsked) {
		n.mapAsked = asked
	}
	return r.Map, true
}

// ---- what clients ask ------------------------------------------------------------------------------------------

func (n *Node) serveLocate(w http.ResponseWriter, r *http.Request, key string) {
	if !n.split {
		group := n.group
		if group == "" {
			group = "g1"
		}
		answerJSON(w, map[string]string{"group": group})
		return
	}
	n.lock()
	m := n.known()
	fresh := m.settled() && time.Since(n.mapAsked) < freshMapFor || time.Since(n.mapFails) < keeperIsDown
	n.unlock()
	if !fresh {
		if newer, ok := n.freshMap(); ok {
			m = newer
		}
	}
	slot := slotOf(key)
	if m.Owner[slot] != m.Target[slot] {
		text(w, 503, "it is about to move")
		return
	}
	answerJSON(w, map[string]string{"group": m.Owner[slot]})
}

func (n *Node) serveGroups(w http.ResponseWriter, r *http.Request, name string) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	switch {
	case err != nil:
		text(w, 400, "the body cannot be read")
	case !n.split:
		text(w, 404, "there are no groups")
	case name == "" && r.Method == "GET":
		m, ok := n.freshMap()
		if !ok {
			text(w, 503, "the group that keeps the map does not answer")
			return
		}
		answerJSON(w, struct {
			Version int                 `json:"version"`
			Settled bool                `json:"settled"`
			Groups  map[string][]string `json:"groups"`
		}{m.Version, m.settled(), m.Groups})
	case name == "" || r.Method != "PUT" && r.Method != "DELETE":
		text(w, 405, "method not allowed")
	default:
		n.changeGroups(w, r, name, body)
	}
}

func (n *Node) changeGroups(w http.ResponseWriter, r *http.Request, name string, body []byte) {
	c := mapChange{Group: name}
	if r.Method == "PUT" {
		var asked struct{ Members []string }
		if json.Unmarshal(body, &asked) != nil || len(asked.Members) == 0 || strings.ContainsAny(name, "/,=+") {
			text(w, 400, "malformed")
			return
		}
		for _, id := range asked.Members {
			if _, ok := n.addrs[id]; !ok && id != n.id {
				text(w, 404, fmt.Sprintf("unknown node %s", id))
				return
			}
		}
		c.Members = asked.Members
		sort.Strings(c.Members)
	}
	n.lock()
	keeper := n.known().Keeper
	if n.group != keeper {
		res := n.elsewhereGroup(keeper)
		n.unlock()
		n.answer(w, r, res)
		return
	}
	n.unlock()
	n.answer(w, r, n.propose(Entry{Kind: kindMap, Value: toJSON(c)}))
}

func toJSON(v interface{}) []byte {
	b := &bytes.Buffer{}
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	check(e.Encode(v))
	return b.Bytes()
}

func fromJSON(b []byte, v interface{}) { check(json.Unmarshal(b, v)) }
