#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "harness/cli/help_pages.h"
#include "harness/cli/runs/single_run.h"
#include "harness/cli/subcommand.h"

namespace holdfast {
namespace {

// A command as it is typed, "baseline update", with what may follow it.
struct TypedCommand {
  std::string words;
  const CLI::App* app = nullptr;
};

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<TypedCommand> typed_commands(const CLI::App& app) {
  std::vector<TypedCommand> typed;
  for (const CLI::App* command : commands_of(app)) {
    typed.push_back({command->get_name(), command});
    for (const CLI::App* part : commands_of(*command))
      typed.push_back({command->get_name() + " " + part->get_name(), part});
  }
  return typed;
}

std::vector<const CLI::Option*> named_options(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) { return !option->get_lnames().empty(); });
}

bool takes_value(const CLI::Option& option) {
  return option.get_items_expected_max() > 0;
}

// What its first argument may be, but for files.
bool takes_scenario(const CLI::App& app) {
  return app.get_option_no_throw("scenario") != nullptr;
}

// A description inside [...] or behind a colon of zsh's _arguments.
std::string zsh_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("[]:\\").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

constexpr const char* shells = "bash zsh fish man";

std::string names_of(const std::vector<const CLI::App*>& commands) {
  std::string names;
  for (const CLI::App* command : commands) names += (names.empty() ? "" : " ") + command->get_name();
  return names;
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
  std::string cases;
  for (const TypedCommand& typed : typed_commands(app)) {
    std::string words = typed.app->get_name() == "completion" ? shells : names_of(commands_of(*typed.app));
    std::string valued = " ";
    for (const CLI::Option* option : named_options(*typed.app)) {
      const std::string name = "--" + option->get_lnames().front();
      words += (words.empty() ? "" : " ") + name;
      if (takes_value(*option)) valued += name + " ";
    }
    cases += fmt::format("    {}) words={} valued={} {};;\n", shell_quoted(typed.words), shell_quoted(words),
                         shell_quoted(valued), takes_scenario(*typed.app) ? "scenarios=1 " : "");
  }
  return fmt::format(R"bash(# Completion of holdfast for bash. Load it with: . <(holdfast completion bash)
_holdfast() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} command='' words='' valued='' scenarios='' known={0}
  local at
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; ++at)); do
    case ${{COMP_WORDS[at]}} in
      --) return ;;  # another program's words
      -*) ;;
      *)
        if [[ -z $command && " $known " == *" ${{COMP_WORDS[at]}} "* ]]; then
          command=${{COMP_WORDS[at]}}
        elif [[ $command == baseline ]]; then
          command+=" ${{COMP_WORDS[at]}}"
        fi ;;
    esac
  done
  case $command in
    '') words="$known --help --version" ;;
{1}  esac
  [[ $valued == *" ${{COMP_WORDS[COMP_CWORD - 1]}} "* ]] && return  # its value: files, by -o default
  if [[ -n $scenarios && $word != -* ]]; then
    words=$(holdfast list 2>/dev/null | cut -d ' ' -f 1)
    compopt -o filenames 2>/dev/null || true
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
  mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(compgen -W "$words" -- "$word")
}}
complete -o default -F _holdfast holdfast
)bash",
                     shell_quoted(names_of(commands_of(app))), cases);
}

std::string zsh_completion(const CLI::App& app) {
  std::string commands, cases;
  for (const CLI::App* command : commands_of(app)) {
    commands += fmt::format("    {}\n",
                            shell_quoted(command->get_name() + ":" + zsh_text(command->get_description())));
    cases += fmt::format("      {}) _arguments", command->get_name());
    const auto parts = commands_of(*command);
    for (const CLI::App* with_options :
         parts.empty() ? std::vector{static_cast<const CLI::App*>(command)} : parts) {
      for (const CLI::Option* option : named_options(*with_options)) {
        cases += " \\\n        " + shell_quoted(fmt::format("--{}[{}]{}", option->get_lnames().front(),
                                                            zsh_text(option->get_description()),
                                                            takes_value(*option) ? ":value:_files" : ""));
      }
    }
    const std::string first = command->get_name() == "completion" ? shells : names_of(parts);
    if (!first.empty()) cases += fmt::format(" \\\n        '1:what:({})'", first);
    cases += takes_scenario(*command) ? " \\\n        '1:scenario:_holdfast_scenarios'"
                                      : " \\\n        '*:file:_files'";
    cases += " ;;\n";
  }
  return fmt::format(R"zsh(#compdef holdfast
# Completion of holdfast for zsh. Load it with: source <(holdfast completion zsh)
_holdfast_scenarios() {{
  local -a names=(${{(f)"$(holdfast list 2>/dev/null | cut -d ' ' -f 1)"}})
  _alternative "scenarios:scenario:compadd -a names" "files:file:_files -g '*.toml'"
}}
_holdfast() {{
  local -a commands=(
{0}  )
  local state line
  _arguments -C '--help[Print help]' '--version[Print the version]' '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $words[1] in
{1}      esac ;;
  esac
}}
if [ "$funcstack[1]" = _holdfast ]; then _holdfast "$@"; else compdef _holdfast holdfast; fi
)zsh",
                     commands, cases);
}

std::string fish_completion(const CLI::App& app) {
  std::string lines = "# Completion of holdfast for fish. Load it with: holdfast completion fish | source\n";
  for (const CLI::App* command : commands_of(app)) {
    lines += fmt::format("complete -c holdfast -n __fish_use_subcommand -f -a {} -d {}\n",
                         command->get_name(), shell_quoted(command->get_description()));
  }
  for (const TypedCommand& typed : typed_commands(app)) {
    const std::string last = typed.words.substr(typed.words.rfind(' ') + 1);
    const std::string when = shell_quoted("__fish_seen_subcommand_from " + last);
    for (const CLI::App* part : commands_of(*typed.app)) {
      lines += fmt::format("complete -c holdfast -n {} -f -a {} -d {}\n", when, part->get_name(),
                           shell_quoted(part->get_description()));
    }
    if (last == "completion")
      lines += fmt::format("complete -c holdfast -n {} -f -a {}\n", when, shell_quoted(shells));
    if (takes_scenario(*typed.app)) {
      lines += fmt::format(
          "complete -c holdfast -n {} -a '(holdfast list 2>/dev/null | cut -d \" \" -f 1)'\n", when);
    }
    for (const CLI::Option* option : named_options(*typed.app)) {
      lines += fmt::format("complete -c holdfast -n {} -l {}{} -d {}\n", when, option->get_lnames().front(),
                           takes_value(*option) ? " -r" : "", shell_quoted(option->get_description()));
    }
  }
  return lines;
}

static Subcommand::CarryOut add_completion(CLI::App& app) {
  auto page = std::make_shared<std::string>();
  app.add_option("for", *page, "bash, zsh, fish, or man for the manual page")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish", "man"}));
  return [page](const Typed& typed) {
    fmt::print("{}", *page == "bash"   ? bash_completion(typed.program)
                     : *page == "zsh"  ? zsh_completion(typed.program)
                     : *page == "fish" ? fish_completion(typed.program)
                                       : man_page(typed.program, HOLDFAST_VERSION));
    return 0;
  };
}

extern const Subcommand completion_subcommand{
    "completion", "Print shell completion, or the man page", add_completion,
    "  . <(holdfast completion bash)                      for this shell\n"
    "  holdfast completion fish | source\n"
    "  holdfast completion man | man -l -"};

}  // namespace holdfast
