# Turns files of this project into a .cc: cmake -DOUT=embedded.cc -DROOT=/the/project -DFILES=a.md|b.py -P embed.cmake
cmake_minimum_required(VERSION 3.25)
string(REPLACE "|" ";" files "${FILES}")
set(page "// Made by embed.cmake.\n#include \"harness/cli/reference/embedded.h\"\n\nnamespace holdfast {\n\nconst std::vector<EmbeddedFile>& embedded_files() {\n  static const std::vector<EmbeddedFile> files = {\n")
foreach(name ${files})
  file(READ "${ROOT}/${name}" text)
  string(APPEND page "      {\"${name}\", R\"holdfast(${text})holdfast\"},\n")
endforeach()
file(WRITE "${OUT}" "${page}  };\n  return files;\n}\n\n}  // namespace holdfast\n")
