// The adapter between Holdfast and a store: Holdfast starts one for each agent, and asks it to save and to read.
//
// Replace the type store by calls of your own code. The rest is the protocol: a request on stdin, an answer on stdout, one
// JSON object per line. Build it with: go build -o adapter adapter.go
// Try it with: holdfast adapter check -- ./adapter
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const file = "queue.json" // scenario.toml names it, too: in subject.files and inject.path

type message struct {
	ID   string `json:"id"`
	To   []int  `json:"to,omitempty"`
	Body string `json:"body"`
}

type request struct {
	Op, ID, Dir, Body string
	To                []int
	Agent             int
}

// Repeats an action while somebody has the file open: on Windows, that is code 5 or 32.
func patient(action func() error) error {
	giveUpAt := time.Now().Add(20 * time.Second)
	for {
		err := action()
		held := errors.Is(err, syscall.EBUSY) || errors.Is(err, syscall.EACCES)
		if !held || time.Now().After(giveUpAt) {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// A list of messages in one file, which all agents share. Take out the lock, or patient, and run it again.
type store struct {
	path string
	lock *os.File // beside the file, because a lock on the file itself would go with the next replace
}

func open(directory string) (*store, error) {
	path := filepath.Join(directory, file)
	lock, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o644)
	return &store{path, lock}, err
}

func (s *store) locked(action func() error) error {
	if err := syscall.Flock(int(s.lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	defer syscall.Flock(int(s.lock.Fd()), syscall.LOCK_UN)
	return action()
}

func (s *store) load() (messages []message, err error) {
	var text []byte
	err = patient(func() (err error) { text, err = os.ReadFile(s.path); return })
	if errors.Is(err, os.ErrNotExist) {
		return []message{}, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &messages)
	}
	return
}

func (s *store) save(messages []message) error {
	temp, err := os.CreateTemp(filepath.Dir(s.path), "*.tmp")
	if err != nil {
		return err
	}
	text, _ := json.Marshal(messages)
	if _, err = temp.Write(text); err == nil {
		err = temp.Sync()
	}
	temp.Close()
	if err == nil {
		err = patient(func() error { return os.Rename(temp.Name(), s.path) })
	}
	if err != nil {
		patient(func() error { return os.Remove(temp.Name()) })
	}
	return err
}

func (s *store) add(added message) error {
	return s.locked(func() error {
		messages, err := s.load()
		if err != nil {
			return err
		}
		return s.save(append(messages, added))
	})
}

func (s *store) messages() (all []message, err error) {
	err = s.locked(func() (err error) { all, err = s.load(); return })
	return
}

func main() {
	var ours *store
	var agent int // our number
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadBytes('\n')
		var asked request
		if err != nil || json.Unmarshal(line, &asked) != nil || asked.Op == "quit" {
			return
		}
		reply := map[string]any{"result": "ok"}
		switch asked.Op {
		case "init":
			agent = asked.Agent
			ours, err = open(asked.Dir)
		case "broadcast":
			// "ok" is a promise: from now on the message must not be lost.
			err = ours.add(message{asked.ID, asked.To, asked.Body})
		case "read":
			// What is addressed to this agent, in order.
			var all []message
			all, err = ours.messages()
			mine := []message{}
			for _, each := range all {
				for _, to := range each.To {
					if to == agent {
						mine = append(mine, message{ID: each.ID, Body: each.Body})
					}
				}
			}
			reply["entries"] = mine
		}
		if err != nil {
			// "fail" is a promise, too: it was not done, and will not be. If you cannot tell, answer "info".
			reply = map[string]any{"result": "fail", "error": fmt.Sprint(err)}
		}
		text, _ := json.Marshal(reply)
		fmt.Println(string(text))
	}
}
