//! Which instructions of a body are never reached?
//!
//! Walked once, with a frame for each open block: the end of a block is reached from above, or by
//! a branch to it. Bytes are copied as they are; where they stop, `unreachable` stands.

use wasmparser::{FunctionBody, Operator, Result};

/// How a function that never returns ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It traps, and does nothing before.
    Trap,
    /// It does something before.
    Never,
}

impl Ending {
    pub fn either(self, other: Ending) -> Ending {
        match (self, other) {
            (Ending::Trap, Ending::Trap) => Ending::Trap,
            _ => Ending::Never,
        }
    }
}

/// What is called.
#[derive(Clone, Copy, Debug)]
pub enum Callee {
    Function(u32),
    /// A table and a constant slot.
    Slot(u32, u64),
}

/// An open block, itself reached.
#[derive(Clone, Copy, Debug, Default)]
struct Frame {
    is_loop: bool,
    is_if: bool,
    /// Something reaches its end.
    is_left: bool,
}

/// A body while it is walked.
struct Walk<'k> {
    ending_of: &'k dyn Fn(Callee) -> Option<Ending>,
    frames: Vec<Frame>,
    /// Blocks opened where nothing comes to.
    skipped: usize,
    reached: bool,
    /// Nothing but values on the stack so far.
    is_pure: bool,
    /// It traps at once.
    traps: bool,
    constant: Option<u64>,
    is_cut: bool,
    out: Vec<u8>,
}

const UNREACHABLE: u8 = 0x00;

/// How the function ends, if it never returns.
pub fn ending(
    body: &FunctionBody<'_>,
    ending_of: &dyn Fn(Callee) -> Option<Ending>,
) -> Result<Option<Ending>> {
    let walk = walked(body, ending_of)?;
    Ok(
        walk.and_then(|(walk, returns)| match (returns, walk.traps) {
            (true, _) => None,
            (false, true) => Some(Ending::Trap),
            (false, false) => Some(Ending::Never),
        }),
    )
}

/// The body without what is never reached. `None` where all of it may be.
pub fn cut(
    body: &FunctionBody<'_>,
    ending_of: &dyn Fn(Callee) -> Option<Ending>,
) -> Result<Option<Vec<u8>>> {
    let walk = walked(body, ending_of)?;
    Ok(walk.and_then(|(walk, _)| walk.is_cut.then_some(walk.out)))
}

/// The walk over the body, and whether it may return. `None` where it has instructions that are
/// not followed.
fn walked<'k>(
    body: &FunctionBody<'_>,
    ending_of: &'k dyn Fn(Callee) -> Option<Ending>,
) -> Result<Option<(Walk<'k>, bool)>> {
    let bytes = body.as_bytes();
    let start = body.range().start;
    let mut walk = Walk {
        ending_of,
        frames: vec![Frame::default()],
        skipped: 0,
        reached: true,
        is_pure: true,
        traps: false,
        constant: None,
        is_cut: false,
        out: Vec::new(),
    };
    let mut reader = body.get_operators_reader()?;
    let at = (reader.original_position() - start) as usize;
    walk.out.extend_from_slice(bytes.get(..at).unwrap_or(&[]));
    let mut returns = false;
    while !reader.eof() {
        let from = (reader.original_position() - start) as usize;
        let operator = reader.read()?;
        let to = (reader.original_position() - start) as usize;
        let text = bytes.get(from..to).unwrap_or(&[]);
        match walk.step(&operator, text) {
            Some(left) => returns = left,
            None => return Ok(None),
        }
    }
    Ok(Some((walk, returns)))
}

impl Walk<'_> {
    /// Takes one instruction. Gives whether the end of the function is reached, which is known
    /// when it is the last; nothing where the instruction is not followed.
    fn step(&mut self, operator: &Operator<'_>, text: &[u8]) -> Option<bool> {
        if !self.reached && !self.skip(operator) {
            return Some(false);
        }
        let constant = match operator {
            Operator::I32Const { value } => Some(u64::from(*value as u32)),
            _ => None,
        };
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                self.frames.push(Frame {
                    is_loop: matches!(operator, Operator::Loop { .. }),
                    is_if: matches!(operator, Operator::If { .. }),
                    is_left: false,
                });
                self.is_pure &= matches!(operator, Operator::Block { .. });
            }
            Operator::TryTable { try_table } => {
                for catch in &try_table.catches {
                    let (wasmparser::Catch::One { label, .. }
                    | wasmparser::Catch::OneRef { label, .. }
                    | wasmparser::Catch::All { label }
                    | wasmparser::Catch::AllRef { label }) = catch;
                    self.branch(*label);
                }
                self.frames.push(Frame::default());
                self.is_pure = false;
            }
            Operator::Else => {
                let frame = self.frames.last_mut()?;
                frame.is_left |= self.reached;
                frame.is_if = false;
                self.reached = true;
            }
            Operator::End => return self.end(text),
            operator => self.plain(operator, text)?,
        }
        if !matches!(operator, Operator::End) && !self.is_call_that_ends(operator) {
            self.out.extend_from_slice(text);
        }
        self.constant = constant;
        Some(true)
    }

    /// Where nothing comes to: is this instruction written nevertheless?
    fn skip(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::TryTable { .. }
            | Operator::Try { .. } => self.skipped += 1,
            Operator::End if self.skipped > 0 => self.skipped -= 1,
            Operator::End | Operator::Else if self.skipped == 0 => return true,
            Operator::Delegate { .. } => self.skipped = self.skipped.saturating_sub(1),
            _ => {}
        }
        self.is_cut = true;
        false
    }

    /// The end of a block, or of the function.
    fn end(&mut self, text: &[u8]) -> Option<bool> {
        let frame = self.frames.pop()?;
        self.reached |= frame.is_left || frame.is_if;
        self.out.extend_from_slice(text);
        if !self.reached && !self.frames.is_empty() {
            // The types that the block leaves say otherwise.
            self.out.push(UNREACHABLE);
        }
        self.constant = None;
        Some(self.reached)
    }

    fn is_call_that_ends(&self, operator: &Operator<'_>) -> bool {
        let is_call = matches!(
            operator,
            Operator::Call { .. } | Operator::CallIndirect { .. }
        );
        is_call && !self.reached
    }

    fn branch(&mut self, label: u32) {
        let depth = self.frames.len().checked_sub(1 + label as usize);
        if let Some(frame) = depth.and_then(|depth| self.frames.get_mut(depth))
            && !frame.is_loop
        {
            frame.is_left = true;
        }
    }

    /// What does not open or close a block.
    fn plain(&mut self, operator: &Operator<'_>, text: &[u8]) -> Option<()> {
        match operator {
            Operator::Call { function_index } => {
                self.call(Some(Callee::Function(*function_index)), text);
            }
            Operator::CallIndirect { table_index, .. } => {
                let slot = self.constant.map(|slot| Callee::Slot(*table_index, slot));
                self.call(slot, text);
            }
            Operator::Unreachable => {
                self.traps |= self.is_pure;
                self.reached = false;
            }
            Operator::Br { relative_depth } => {
                self.branch(*relative_depth);
                self.reached = false;
            }
            Operator::BrIf { relative_depth }
            | Operator::BrOnNull { relative_depth }
            | Operator::BrOnNonNull { relative_depth }
            | Operator::BrOnCast { relative_depth, .. }
            | Operator::BrOnCastFail { relative_depth, .. } => self.branch(*relative_depth),
            Operator::BrTable { targets } => {
                for target in targets.targets() {
                    self.branch(target.ok()?);
                }
                self.branch(targets.default());
                self.reached = false;
            }
            Operator::Return
            | Operator::ReturnCall { .. }
            | Operator::ReturnCallIndirect { .. }
            | Operator::ReturnCallRef { .. } => {
                self.frames.first_mut()?.is_left = true;
                self.reached = false;
            }
            Operator::Throw { .. } | Operator::ThrowRef => self.reached = false,
            Operator::Try { .. }
            | Operator::Catch { .. }
            | Operator::CatchAll
            | Operator::Delegate { .. }
            | Operator::Rethrow { .. }
            | Operator::Resume { .. }
            | Operator::ResumeThrow { .. }
            | Operator::ResumeThrowRef { .. }
            | Operator::Switch { .. }
            | Operator::BrOnCastDescEq { .. }
            | Operator::BrOnCastDescEqFail { .. } => return None,
            _ => {}
        }
        self.is_pure &= matches!(
            operator,
            Operator::LocalGet { .. } | Operator::I32Const { .. } | Operator::I64Const { .. }
        );
        Some(())
    }

    fn call(&mut self, callee: Option<Callee>, text: &[u8]) {
        let Some(ending) = callee.and_then(self.ending_of) else {
            return;
        };
        if ending == Ending::Never {
            self.out.extend_from_slice(text);
        }
        self.out.push(UNREACHABLE);
        self.traps |= self.is_pure && ending == Ending::Trap;
        self.reached = false;
        self.is_cut = true;
    }
}
