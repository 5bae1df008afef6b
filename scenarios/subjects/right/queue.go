// A queue in one file that Go programs share: a lock beside it, a temporary file of its own name, flushed, moved over the
// old one, and all of it again while somebody has the file open.
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

var (
	agent int
	queue string
	lock  *os.File
)

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

func load() (messages []message, err error) {
	var text []byte
	err = patient(func() (err error) { text, err = os.ReadFile(queue); return })
	if errors.Is(err, os.ErrNotExist) {
		return []message{}, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &messages)
	}
	return
}

func save(messages []message) error {
	temp, err := os.CreateTemp(filepath.Dir(queue), "queue-*.tmp")
	if err != nil {
		return err
	}
	text, _ := json.Marshal(messages)
	if _, err = temp.Write(text); err == nil {
		err = temp.Sync()
	}
	temp.Close()
	if err == nil {
		err = patient(func() error { return os.Rename(temp.Name(), queue) })
	}
	if err != nil {
		patient(func() error { return os.Remove(temp.Name()) })
	}
	return err
}

func do(asked request) (mine []message, err error) {
	if asked.Op == "init" {
		agent, queue = asked.Agent, filepath.Join(asked.Dir, "queue.json")
		lock, err = os.OpenFile(queue+".lock", os.O_RDWR|os.O_CREATE, 0o644)
		return
	}
	if err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return
	}
	defer syscall.Flock(int(lock.Fd()), syscall.LOCK_UN)
	messages, err := load()
	if err != nil {
		return nil, err
	}
	if asked.Op == "broadcast" {
		return nil, save(append(messages, message{asked.ID, asked.To, asked.Body}))
	}
	mine = []message{}
	for _, each := range messages {
		for _, to := range each.To {
			if to == agent {
				mine = append(mine, message{ID: each.ID, Body: each.Body})
			}
		}
	}
	return
}

func main() {
	for in := bufio.NewReader(os.Stdin); ; {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var asked request
		if json.Unmarshal(line, &asked) != nil || asked.Op == "quit" {
			return
		}
		answer := map[string]any{"result": "ok"}
		if mine, err := do(asked); err != nil {
			answer = map[string]any{"result": "fail", "error": fmt.Sprint(err)}
		} else if asked.Op == "read" {
			answer["entries"] = mine
		}
		text, _ := json.Marshal(answer)
		fmt.Println(string(text))
	}
}
