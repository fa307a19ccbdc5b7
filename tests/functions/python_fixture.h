// A runtime with one function in Python.
#pragma once

#include "runtime_fixture.h"

#include <string>

namespace stepd::test {

class PythonFunctionsTest : public RuntimeTest {
 protected:
  void handler(const std::string& body) { write("app.py", body); }
};

}  // namespace stepd::test
