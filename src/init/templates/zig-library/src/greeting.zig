const std = @import("std");

/// A greeting for this name; the caller frees it.
pub fn greeting(allocator: std.mem.Allocator, name: []const u8) ![]u8 {
    return std.fmt.allocPrint(allocator, "Hello, {s}!", .{name});
}

test "a greeting says the name" {
    const text = try greeting(std.testing.allocator, "World");
    defer std.testing.allocator.free(text);
    try std.testing.expectEqualStrings("Hello, World!", text);
}
