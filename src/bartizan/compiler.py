"""Numba's compiler, told to work each function once.

In: Numba's own compiler, by its documented `pipeline_class`.  Out: `Kernel`, `Inner`, `Bare`,
the pipelines of what `jit` decorates.  Does not: change Numba for others.

By default Numba optimises and emits every function by itself, then again inside each caller.
Here an inner function stays as it was written until a kernel takes it in; the kernel's code
is worked once, whole, and what only it calls can be inlined and dropped.  Measured on the
tracker: less than half of the compiling, and steps a fifth to a half faster.
"""
# mypy: disable-error-code="misc,no-untyped-call,attr-defined"

from __future__ import annotations

import gc
from typing import Any

from llvmlite.binding import Linkage
from numba.core import typed_passes, untyped_passes
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder, Flags
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering


class _Flags(Flags):
    """Numba's, which asks for their hash at each call that it resolves, and works it anew."""

    __slots__ = ("_memo",)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name != "_memo":
            self._memo = None

    def __init__(self, other: Flags) -> None:
        self._memo = None
        super().__init__(other)

    def values(self) -> Any:
        if self._memo is None:
            self._memo = super().values()
        return self._memo

    def __hash__(self) -> int:  # equal ones have equal hashes, and there are few
        return len(self.options)


class _Finished(JITCodeLibrary):
    """A kernel's code with all that it calls, worked once."""

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout

    def _optimize_final_module(self) -> None:
        for f in self._final_module.functions:
            if f.linkage is Linkage.linkonce_odr and not f.is_declaration:
                # Once inlined wherever it is called it can go.  Private, not internal: the loader
                # would take another library's weak symbol of the name for it, whose arguments
                # are not those that are left of its own.
                f.linkage = Linkage.private
        passes, builder = self._codegen._module_pass_manager()
        passes.run(self._final_module, builder)


class _Unfinished(_Finished):
    """An inner function's code as it was written: each kernel that calls it works it."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _KernelLowering(NativeLowering):
    """To machine code."""

    _name = "kernel_lowering"

    def run_pass(self, state: Any) -> bool:
        state.library = _Finished(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        done: bool = super().run_pass(state)
        return done


@register_pass(mutates_CFG=True, analysis_only=False)
class _InnerLowering(NativeLowering):
    """To LLVM's code, and no further: no machine code, nothing that Python could call."""

    _name = "inner_lowering"

    def run_pass(self, state: Any) -> bool:
        state.library = _Unfinished(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        state.flags.no_cpython_wrapper = True
        super().run_pass(state)
        lowered = state["cr"]
        never: Any = [].pop  # what Python would call: it always raises
        state.targetctx.insert_user_function(never, lowered.fndesc, [state.library])
        state["cr"] = lowered._replace(cfunc=never)
        return True


_LEFT_OUT = (
    untyped_passes.WithLifting, untyped_passes.InlineClosureLikes,
    untyped_passes.RewriteDynamicRaises, untyped_passes.MakeFunctionToJitFunction,
    untyped_passes.InlineInlinables, untyped_passes.FindLiterallyCalls,
    untyped_passes.LiteralUnroll, untyped_passes.LiteralPropagationSubPipelinePass,
    typed_passes.InlineOverloads,
)  # fmt: skip


class Kernel(CompilerBase):
    """Numba's passes, without those for what no kernel has: closures, `with`, literals."""

    _lowering: type = _KernelLowering

    def __init__(self, typing: Any, target: Any, library: Any, args: Any, result: Any, flags: Any,
                 local: Any) -> None:  # fmt: skip
        super().__init__(typing, target, library, args, result, _Flags(flags), local)

    def _compile_core(self) -> Any:
        collects = gc.isenabled()  # of a million objects that all live to the end of this
        gc.disable()
        try:
            return super()._compile_core()
        finally:
            if collects:
                gc.enable()

    def define_pipelines(self) -> list[Any]:
        """Numba's passes but those left out, and the lowering of this kind."""
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.passes = [
            (self._lowering if p is NativeLowering else p, why)
            for p, why in passes.passes if p not in _LEFT_OUT
        ]  # fmt: skip
        return [passes]


class Inner(Kernel):
    """The same, up to LLVM's code."""

    _lowering = _InnerLowering


class Bare(Inner):
    """As Inner, counting no references."""

    def __init__(self, typing: Any, target: Any, *rest: Any) -> None:
        super().__init__(typing, target, *rest)
        self.state.targetctx = self.state.targetctx.subtarget(enable_nrt=False)
