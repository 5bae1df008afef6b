#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "harness/cli/help_pages.h"

namespace holdfast {
namespace {

// Text as roff reads it: no line is taken for a request, no dash for a hyphen.
std::string roff(std::string_view text) {
  std::string escaped;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins_line = at == 0 || text[at - 1] == '\n';
    if (begins_line && (text[at] == '.' || text[at] == '\'')) escaped += "\\&";
    if (text[at] == '\\') {
      escaped += "\\e";
    } else if (text[at] == '-') {
      escaped += "\\-";
    } else {
      escaped += text[at];
    }
  }
  return escaped;
}

std::string as_printed(std::string_view text) {
  return fmt::format(".nf\n{}\n.fi\n", roff(text));
}

std::string arguments_of(const CLI::App& command) {
  std::string arguments;
  for (const CLI::Option* option :
       command.get_options([](const CLI::Option* o) { return o->get_positional(); })) {
    const bool optional = !option->get_required();
    arguments += fmt::format(" {}\\fI{}\\fR{}{}", optional ? "[" : "", roff(option->get_name()),
                             option->get_items_expected_max() > 1 ? " ..." : "", optional ? "]" : "");
  }
  return arguments;
}

std::string options_of(const CLI::App& command) {
  std::string part;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_lnames().empty() && !option->get_positional()) continue;
    const std::string name =
        option->get_lnames().empty() ? option->get_name() : "--" + option->get_lnames().front();
    if (name == "--help") continue;
    const bool valued = !option->get_lnames().empty() && option->get_items_expected_max() > 0;
    const std::string usual = option->get_default_str();
    part += fmt::format(".TP\n\\fB{}\\fR{}\n{}.{}\n", roff(name), valued ? " \\fIvalue\\fR" : "",
                        roff(option->get_description()),
                        usual.empty() ? "" : fmt::format(" Default: {}.", roff(usual)));
  }
  return part;
}

std::string command_part(const CLI::App& command, const std::string& words,
                         const std::string& common_footer) {
  std::string part = fmt::format(".SS holdfast {}{}\n{}.\n{}", roff(words), arguments_of(command),
                                 roff(command.get_description()), options_of(command));
  if (!command.get_footer().empty() && command.get_footer() != common_footer)
    part += ".PP\n" + as_printed(command.get_footer());
  for (const CLI::App* below : command.get_subcommands([](const CLI::App*) { return true; }))
    part += command_part(*below, words + " " + below->get_name(), command.get_footer());
  return part;
}

}  // namespace

std::string man_page(const CLI::App& app, const std::string& version) {
  std::string page = fmt::format(
      ".TH HOLDFAST 1 \"\" \"Holdfast {}\" \"User Commands\"\n"
      ".SH NAME\nholdfast \\- tests whether file storage survives a crowd, a virus scanner and a "
      "crash\n"
      ".SH SYNOPSIS\n\\fBholdfast\\fR \\fIcommand\\fR [\\fIoption\\fR ...]\n"
      ".SH DESCRIPTION\n{}\n.SH COMMANDS\n",
      roff(version), roff(app.get_description()));
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    page += command_part(*command, command->get_name(), app.get_footer());
  const std::string footer = app.get_footer();
  const auto exit_codes = footer.find("Exit codes:");
  page += ".SH EXAMPLES\n" +
          as_printed(std::string_view(footer).substr(0, exit_codes).substr(footer.find(":\n") + 2));
  if (exit_codes != std::string::npos)
    page += ".SH EXIT STATUS\n" + roff(footer.substr(exit_codes + 12)) + "\n";
  return page;
}

}  // namespace holdfast
