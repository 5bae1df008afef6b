#!/bin/bash
# The adapter between Holdfast and a store: Holdfast starts one for each agent, and asks it to save and to read.
#
# Replace add and messages by calls of your own commands. The rest is the protocol: a request on stdin, an answer on
# stdout, one JSON object per line. Try it with: holdfast adapter check -- bash adapter.sh
set -u

file=queue.jsonl  # scenario.toml names it, too: in subject.files and inject.path

# Repeats a command while somebody has the file open: on Windows, that is code 5 or 32.
patient() {
  for ((tries = 0; tries < 400; ++tries)); do
    "$@" 2>/dev/null && return
    sleep 0.05
  done
  "$@"
}

# The store: a line for each message, in one file that all agents share. Take out flock, or patient, and run it again.
add() {  # a line
  (
    flock 9  # beside the file, because a lock on the file itself would go with the next replace
    temp=$path.$BASHPID.tmp
    { [ ! -e "$path" ] || patient cat "$path"; } >"$temp" && printf '%s\n' "$1" >>"$temp" && sync "$temp" &&
      patient mv -f "$temp" "$path" && exit 0
    patient rm -f "$temp"
    exit 1
  ) 9>>"$path.lock"
}

messages() {
  (
    flock 9
    [ ! -e "$path" ] || patient cat "$path"
  ) 9>>"$path.lock"
}

# The protocol. Holdfast writes requests without blanks, and the body last.
while IFS= read -r request; do
  op=${request#*'"op":"'} op=${op%%'"'*}
  case $op in
    init)
      agent=${request#*'"agent":'} agent=${agent%%,*}  # our number
      path=${request#*'"dir":"'} path=${path%%'"'*}/$file
      echo '{"result":"ok"}'
      ;;
    broadcast)
      # "ok" is a promise: from now on the message must not be lost. "fail" is one, too: it was not done, and will not be.
      # If you cannot tell, answer "info".
      if add "$request"; then echo '{"result":"ok"}'; else echo '{"result":"fail","error":"not saved"}'; fi
      ;;
    read)
      # What is addressed to this agent, in order.
      entries=
      while IFS= read -r line; do
        to=${line#*'"to":['} to=${to%%]*}
        case ,$to, in *",$agent,"*) ;; *) continue ;; esac
        id=${line#*'"id":"'} id=${id%%'"'*}
        body=${line#*'"body":'} body=${body%'}'}
        entries+=${entries:+,}"{\"id\":\"$id\",\"body\":$body}"
      done < <(messages)
      printf '{"result":"ok","entries":[%s]}\n' "$entries"
      ;;
    quit) exit 0 ;;
  esac
done
