#pragma once

#include <string>
#include <string_view>

/// A greeting for this name.
std::string greeting(std::string_view name);
