package main

// Slots move one by one. The old owner stops serving by an entry in its log (release), then sends all that is in the slot
// to the new owner, who puts it into its own log (install) and serves from that entry on; then the old owner forgets it
// (handed). Each step carries how often the slot has moved: done again, it does nothing. At last the new owner tells
// the keeper of the map.

import (
	"log"
	"time"
)

const (
	slotNone = iota // never was here
	slotOwned
	slotLeaving // not served any more, and not yet at the new owner
	slotGone
)

// Slot is what a group knows of a slot from its own log.
type Slot struct {
	State int
	Gen   uint64 // how often it had moved when it came here; of leaving and gone, one more
	To    string // of leaving and gone
}

// move is the content of the entries.
type move struct {
	Slot    int
	Gen     uint64 // that the new owner has it with
	To      string
	Items   []movedItem   `json:",omitempty"`
	Answers []movedAnswer `json:",omitempty"`
	More    bool          `json:",omitempty"` // of a mistake
}

type movedItem struct {
	Key   string
	Value []byte
	ETag  string
}

type movedAnswer struct {
	Idem   string
	Status int
	ETag   string
	Value  []byte
}

func (s *Store) applyMove(e *Entry) Result {
	var m move
	fromJSON(e.Value, &m)
	slot := &s.shared.Slots[m.Slot]
	switch e.Kind {
	case kindRelease:
		if slot.State != slotOwned || slot.Gen+1 != m.Gen {
			return Result{status: 200} // done before
		}
		if s.busy(m.Slot) {
			return Result{status: isLocked}
		}
		*slot = Slot{slotLeaving, m.Gen, m.To}
	case kindInstall:
		if slot.State != slotNone && slot.Gen >= m.Gen && !m.More {
			return Result{status: 200}
		}
		if !bug("forgets-deleted") && !m.More {
			s.drop(m.Slot)
		}
		*slot = Slot{slotOwned, m.Gen, ""}
		s.fill(&m)
	case kindHanded:
		if slot.State != slotLeaving || slot.Gen != m.Gen {
			return Result{status: 200}
		}
		slot.State = slotGone
		if !bug("forgets-deleted") {
			s.drop(m.Slot)
		}
	}
	s.news = true
	return Result{status: 200}
}

// drop forgets all that is in a slot.
func (s *Store) drop(slot int) {
	for key := range s.items {
		if slotOf(key) == slot {
			s.remove(key)
		}
	}
	if bug("answers-left") {
		return
	}
	for idem, a := range s.answers {
		if a.slot == slot {
			s.bytes -= int64(len(idem) + len(a.etag) + len(a.value) + 8)
			delete(s.answers, idem)
		}
	}
}

// extract collects all that is in a slot.
func (s *Store) extract(m *move) {
	for key, it := range s.items {
		if slotOf(key) == m.Slot {
			m.Items = append(m.Items, movedItem{key, it.value, it.etag})
		}
	}
	if bug("answers-left") {
		return
	}
	for idem, a := range s.answers {
		if a.slot == m.Slot {
			m.Answers = append(m.Answers, movedAnswer{idem, a.status, a.etag, a.value})
		}
	}
}

func (s *Store) fill(m *move) {
	for _, it := range m.Items {
		s.put(it.Key, item{it.Value, it.ETag})
	}
	for _, a := range m.Answers {
		if _, ok := s.answers[a.Idem]; !ok {
			s.remember(a.Idem, m.Slot, Result{status: a.Status, etag: a.ETag, value: a.Value})
		}
	}
}

// busy tells whether a transaction holds anything of a slot, or is coordinated here because of a key in it.
func (s *Store) busy(slot int) bool {
	for key := range s.locks {
		if slotOf(key) == slot {
			return true
		}
	}
	for _, t := range s.shared.Begun {
		if t.Slot == slot {
			return true
		}
	}
	for _, d := range s.shared.Decided {
		if d.Slot == slot {
			return true
		}
	}
	return false
}

// ---- what a leader does about it -------------------------------------------------------------------------------

// moveSlots compares what this group has with the map. A new leader begins where the last one stopped.
func (n *Node) moveSlots() {
	for range time.Tick(50 * time.Millisecond) {
		n.lock()
		if !n.ready() {
			n.closing = map[int]bool{}
			n.unlock()
			continue
		}
		m := n.known()
		leaving := map[string][]int{}
		var news []owned
		for i, s := range n.store.shared.Slots {
			switch {
			case s.State == slotLeaving:
				// What has stopped serving goes first.
				leaving[s.To] = append([]int{i}, leaving[s.To]...)
			case s.State == slotOwned && s.Gen > m.Gen[i]:
				news = append(news, owned{i, s.Gen, n.group})
			case s.State == slotOwned && s.Gen == m.Gen[i] && m.Target[i] != n.group:
				leaving[m.Target[i]] = append(leaving[m.Target[i]], i)
			}
		}
		for to, slots := range leaving {
			to, slots := to, slots
			n.alone1("move "+to, func() {
				for _, i := range slots {
					if !n.moveSlot(i, to) {
						return
					}
				}
			})
		}
		if len(news) > 0 {
			n.alone1("report", func() { n.reportOwned(m.Keeper, news) })
		}
		n.unlock()
	}
}

// alone1 does something in the background, unless it is being done. Held: mu.
func (n *Node) alone1(name string, do func()) {
	if n.guarded[name] {
		return
	}
	n.guarded[name] = true
	go func() {
		do()
		n.lock()
		delete(n.guarded, name)
		n.unlock()
	}()
}

func (n *Node) reportOwned(keeper string, news []owned) {
	if keeper == n.group {
		n.propose(Entry{Kind: kindOwners, Value: toJSON(news)})
		return
	}
	if r, ok := n.callGroup(keeper, "owners", news, 1500*time.Millisecond, time.Now().Add(3*time.Second)); ok {
		n.lock()
		n.learn(r.Map)
		n.unlock()
	}
}

func (n *Node) moveSlot(i int, to string) bool {
	n.lock()
	s := n.store.shared.Slots[i]
	n.unlock()
	m := move{Slot: i, Gen: s.Gen, To: to}
	if s.State == slotOwned {
		m.Gen++
		if bug("keeps-serving") {
			return n.moveRemembered(m)
		}
		if !n.release(m) {
			return false
		}
	} else if s.State != slotLeaving {
		return true
	}
	if !n.handOver(m) {
		return false
	}
	m.Items, m.Answers = nil, nil
	return n.propose(Entry{Kind: kindHanded, Value: toJSON(m)}).status == 200
}

// release stops serving a slot, once no transaction holds it. No new one may take it meanwhile.
func (n *Node) release(m move) bool {
	n.setClosing(m.Slot, true)
	defer n.setClosing(m.Slot, false)
	for began := time.Now(); ; {
		n.lock()
		changed, busy := n.changed, n.store.busy(m.Slot)
		n.unlock()
		if !busy {
			r := n.propose(Entry{Kind: kindRelease, Value: toJSON(m)})
			if r.status != isLocked {
				return r.status == 200
			}
		}
		if time.Since(began) > 2*time.Second {
			return false // others may use it again for a while
		}
		n.await(changed)
	}
}

func (n *Node) setClosing(slot int, on bool) {
	n.lock()
	defer n.unlock()
	if on {
		n.closing[slot] = true
	} else {
		delete(n.closing, slot)
		n.wake()
	}
}

// handOver sends the slot, and returns when a majority of the new owner has it. Its content cannot change any more.
func (n *Node) handOver(m move) bool {
	n.lock()
	now := n.store.shared.Slots[m.Slot]
	if !bug("keeps-serving") && (now.State != slotLeaving || now.Gen != m.Gen) {
		n.unlock()
		return false
	}
	n.store.extract(&m)
	n.unlock()
	if bug("serves-early") && len(m.Items) > 1 {
		half := m
		half.Items = m.Items[:len(m.Items)/2]
		if r, ok := n.callGroup(m.To, "install", half, 2*time.Second, time.Now().Add(4*time.Second)); !ok || r.Status != 200 {
			return false
		}
		time.Sleep(20 * time.Millisecond)
		m.Items, m.More = m.Items[len(m.Items)/2:], true
	}
	size := 0
	for _, it := range m.Items {
		size += len(it.Value)
	}
	attempt := 2*time.Second + time.Duration(size)*2*time.Microsecond
	r, ok := n.callGroup(m.To, "install", m, attempt, time.Now().Add(2*attempt))
	if !ok || r.Status != 200 {
		log.Printf("%s could not hand slot %d over to %s", n.id, m.Slot, m.To)
		return false
	}
	return true
}

// moveRemembered is a mistake: nothing is written down before the slot is at the new owner.
func (n *Node) moveRemembered(m move) bool {
	n.setClosing(m.Slot, true)
	defer n.setClosing(m.Slot, false)
	if !n.handOver(m) {
		return false
	}
	n.propose(Entry{Kind: kindRelease, Value: toJSON(m)})
	return n.propose(Entry{Kind: kindHanded, Value: toJSON(m)}).status == 200
}
