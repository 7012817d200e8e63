//! The export of the world in wit/, by hand: a string comes as a pointer and a length in memory
//! that cabi_realloc gave, and goes as the address of such a pair.

const std = @import("std");
const greeting = @import("greeting.zig").greeting;

const allocator = std.heap.wasm_allocator;

const Text = extern struct { pointer: [*]u8, length: usize };

var answer: Text = undefined;

export fn cabi_realloc(old: ?[*]u8, old_size: usize, _: usize, size: usize) ?[*]u8 {
    if (old) |pointer| {
        const bytes = allocator.realloc(pointer[0..old_size], size) catch @trap();
        return bytes.ptr;
    }
    const bytes = allocator.alloc(u8, size) catch @trap();
    return bytes.ptr;
}

fn greet(pointer: [*]u8, length: usize) callconv(.c) *Text {
    const name = pointer[0..length];
    defer allocator.free(name);
    const text = greeting(allocator, name) catch @trap();
    answer = .{ .pointer = text.ptr, .length = text.len };
    return &answer;
}

fn greeted(text: *Text) callconv(.c) void {
    allocator.free(text.pointer[0..text.length]);
}

comptime {
    @export(&greet, .{ .name = "example:hello/greeter@0.1.0#greet" });
    @export(&greeted, .{ .name = "cabi_post_example:hello/greeter@0.1.0#greet" });
}
