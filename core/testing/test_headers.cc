// Only there so that the headers which all tests share have a target to be precompiled in; see CMakeLists.txt.
