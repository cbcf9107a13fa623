using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Messaging.Micro;

// In this process: a project that BenchmarkDotNet generates would not have our internals.
BenchmarkSwitcher.FromTypes([typeof(Staging), typeof(Serializing), typeof(Signatures), typeof(Storing)]).Run(
    args,
    DefaultConfig.Instance
        .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
        .AddDiagnoser(MemoryDiagnoser.Default));
