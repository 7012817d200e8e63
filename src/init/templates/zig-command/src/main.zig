//! Greets the person named on the command line.

const std = @import("std");
const greeting = @import("greeting.zig").greeting;

pub fn main(init: std.process.Init) !void {
    const arena = init.arena.allocator();
    const args = try init.minimal.args.toSlice(arena);
    const text = try greeting(arena, if (args.len > 1) args[1] else "World");
    const line = try std.mem.concat(arena, u8, &.{ text, "\n" });
    try std.Io.File.stdout().writeStreamingAll(init.io, line);
}
