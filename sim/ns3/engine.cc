// SPDX-License-Identifier: GPL-2.0-or-later
// The engine over ns3::Simulator: PriorityQueueScheduler, nanoseconds, C timers as events.
#include "sim/ns3/engine_internal.h"

#include "sim/net_internal.h"

#include <limits>
#include <ns3/core-module.h>

namespace
{

constexpr uint64_t PROGRESS_EVERY = 16384; // events between two progress calls

nbs_engine *g_engine; // ns-3's simulator is a singleton, so is ours

// Memory for events: a free list, because an event lives for microseconds and there are millions.
template <typename T> class Pool
{
      public:
	static void *Take(std::size_t size)
	{
		if (size != sizeof(T))
			return ::operator new(size);
		if (s_free == nullptr)
			return ::operator new(sizeof(T) < sizeof(Node) ? sizeof(Node) : sizeof(T));
		Node *node = s_free;
		s_free = node->next;
		return node;
	}

	static void Give(void *memory, std::size_t size)
	{
		if (size != sizeof(T)) {
			::operator delete(memory);
			return;
		}
		Node *node = static_cast<Node *>(memory);
		node->next = s_free;
		s_free = node;
	}

	static void Drain()
	{
		while (s_free != nullptr) {
			Node *node = s_free;
			s_free = node->next;
			::operator delete(node);
		}
	}

      private:
	struct Node {
		Node *next;
	};
	static inline Node *s_free = nullptr;
};

// Looks at the interrupt flag and the progress call-back; runs before each event of ours.
void
BeforeEvent()
{
	nbs_engine *engine = g_engine;
	if (engine->interrupt != nullptr && *engine->interrupt != 0) {
		engine->interrupted = true;
		ns3::Simulator::Stop();
	}
	if (++engine->fired % PROGRESS_EVERY == 0 && engine->progress != nullptr)
		engine->progress(engine->progress_arg);
}

// A C timer in the queue. The timer's owner may cancel it, which empties m_timer.
class TimerEvent : public ns3::EventImpl
{
      public:
	explicit TimerEvent(nbs_timer *timer) : m_timer(timer)
	{
	}

	~TimerEvent() override
	{
		if (m_timer != nullptr)
			m_timer->pending = nullptr; // the queue was emptied by Destroy
	}

	void Disown()
	{
		m_timer = nullptr;
		Cancel();
	}

	void *operator new(std::size_t size)
	{
		return Pool<TimerEvent>::Take(size);
	}

	void operator delete(void *memory, std::size_t size)
	{
		Pool<TimerEvent>::Give(memory, size);
	}

      protected:
	void Notify() override
	{
		BeforeEvent();
		nbs_timer *timer = m_timer;
		if (timer == nullptr)
			return;
		m_timer = nullptr;
		timer->pending = nullptr;
		timer->fire(timer->arg);
	}

      private:
	nbs_timer *m_timer;
};

// A one-shot call that nobody can cancel; its argument is dropped when the engine ends first.
class CallEvent : public ns3::EventImpl
{
      public:
	CallEvent(void (*fire)(void *), void (*drop)(void *), void *arg)
	    : m_fire(fire), m_drop(drop), m_arg(arg)
	{
	}

	~CallEvent() override
	{
		if (m_fire != nullptr && m_drop != nullptr)
			m_drop(m_arg);
	}

	void *operator new(std::size_t size)
	{
		return Pool<CallEvent>::Take(size);
	}

	void operator delete(void *memory, std::size_t size)
	{
		Pool<CallEvent>::Give(memory, size);
	}

      protected:
	void Notify() override
	{
		BeforeEvent();
		void (*fire)(void *) = m_fire;
		m_fire = nullptr;
		fire(m_arg);
	}

      private:
	void (*m_fire)(void *);
	void (*m_drop)(void *);
	void *m_arg;
};

// Ends a run, when nothing else is due at its last instant. ns-3 does not tell what is due, but
// events of one instant run in the order of posting: if none ran between this marker and the one
// that posted it, there was none.
void
StopRun(uint64_t serial, uint64_t events_before)
{
	if (serial != g_engine->run_serial)
		return; // left over from a run that was interrupted
	uint64_t events = ns3::Simulator::GetEventCount(); // this one included
	if (events == events_before + 1)
		ns3::Simulator::Stop();
	else
		ns3::Simulator::ScheduleNow(&StopRun, serial, events);
}

bool
DelayFits(uint64_t delay_ns)
{
	uint64_t now = static_cast<uint64_t>(ns3::Simulator::Now().GetNanoSeconds());
	return delay_ns <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) - now;
}

void
Post(uint64_t delay_ns, ns3::EventImpl *event)
{
	ns3::Simulator::Schedule(ns3::NanoSeconds(static_cast<int64_t>(delay_ns)),
				 ns3::Ptr<ns3::EventImpl>(event, false));
}

} // namespace

extern "C" {

enum nbs_status
nbs_engine_new(const struct nbs_engine_config *config, struct nbs_engine **out)
{
	if (config == nullptr || out == nullptr)
		return NBS_E_ARG;
	if (config->seed < NBS_SEED_MIN || config->seed > NBS_SEED_MAX)
		return NBS_E_ARG;
	if (g_engine != nullptr)
		return NBS_E_STATE;
	return nbs::Guard([&] {
		nbs_engine *engine = new nbs_engine{};
		engine->seed = config->seed;
		engine->epoch_unix_s = config->epoch_unix_s;
		ns3::ObjectFactory scheduler;
		scheduler.SetTypeId("ns3::PriorityQueueScheduler");
		ns3::Simulator::SetScheduler(scheduler);
		ns3::RngSeedManager::SetSeed(config->seed);
		ns3::GlobalValue::Bind("ChecksumEnabled", ns3::BooleanValue(true));
		g_engine = engine;
		nbsi_live_add();
		*out = engine;
		return NBS_OK;
	});
}

void
nbs_engine_free(struct nbs_engine *engine)
{
	if (engine == nullptr || engine != g_engine || engine->running)
		return;
	(void)nbs::Guard([&] {
		ns3::Simulator::Destroy();
		Pool<TimerEvent>::Drain();
		Pool<CallEvent>::Drain();
		return NBS_OK;
	});
	g_engine = nullptr;
	delete engine;
	nbsi_live_remove();
}

uint64_t
nbs_now(const struct nbs_engine *engine)
{
	if (engine == nullptr || engine != g_engine) // ns-3 would make a simulator to ask
		return 0;
	return static_cast<uint64_t>(ns3::Simulator::Now().GetNanoSeconds());
}

uint64_t
nbs_epoch_unix_s(const struct nbs_engine *engine)
{
	return engine == nullptr ? 0 : engine->epoch_unix_s;
}

uint64_t
nbs_events(const struct nbs_engine *engine)
{
	if (engine == nullptr || engine != g_engine)
		return 0;
	return ns3::Simulator::GetEventCount();
}

void
nbs_timer_init(struct nbs_timer *timer, void (*fire)(void *arg), void *arg)
{
	if (timer == nullptr)
		return;
	timer->fire = fire;
	timer->arg = arg;
	timer->pending = nullptr;
	timer->due_ns = 0;
}

enum nbs_status
nbs_timer_arm(struct nbs_engine *engine, struct nbs_timer *timer, uint64_t delay_ns)
{
	if (engine == nullptr || engine != g_engine || timer == nullptr || timer->fire == nullptr)
		return NBS_E_ARG;
	if (!DelayFits(delay_ns))
		return NBS_E_ARG;
	nbs_timer_cancel(timer);
	return nbs::Guard([&] {
		TimerEvent *event = new TimerEvent(timer);
		timer->due_ns = nbs_now(engine) + delay_ns;
		timer->pending = event;
		Post(delay_ns, event);
		return NBS_OK;
	});
}

void
nbs_timer_cancel(struct nbs_timer *timer)
{
	if (timer == nullptr || timer->pending == nullptr)
		return;
	static_cast<TimerEvent *>(timer->pending)->Disown();
	timer->pending = nullptr;
}

bool
nbs_timer_armed(const struct nbs_timer *timer)
{
	return timer != nullptr && timer->pending != nullptr;
}

enum nbs_status
nbs_schedule(struct nbs_engine *engine, uint64_t delay_ns, void (*fire)(void *arg),
	     void (*drop)(void *arg), void *arg)
{
	if (engine == nullptr || engine != g_engine || fire == nullptr || !DelayFits(delay_ns))
		return NBS_E_ARG;
	return nbs::Guard([&] {
		Post(delay_ns, new CallEvent(fire, drop, arg));
		return NBS_OK;
	});
}

enum nbs_status
nbs_run(struct nbs_engine *engine, uint64_t until_ns)
{
	if (engine == nullptr || engine != g_engine)
		return NBS_E_ARG;
	if (engine->running)
		return NBS_E_STATE;
	uint64_t now = nbs_now(engine);
	if (until_ns < now || !DelayFits(until_ns - now))
		return NBS_E_ARG;
	engine->interrupted = false;
	engine->running = true;
	enum nbs_status status = nbs::Guard([&] {
		ns3::Simulator::Schedule(ns3::NanoSeconds(static_cast<int64_t>(until_ns - now)),
					 &StopRun, ++engine->run_serial, UINT64_MAX);
		ns3::Simulator::Run();
		return NBS_OK;
	});
	engine->running = false;
	if (status == NBS_OK && engine->interrupted)
		status = NBS_E_INTERRUPTED;
	return status;
}

void
nbs_stop(struct nbs_engine *engine)
{
	if (engine != nullptr && engine == g_engine)
		(void)nbs::Guard([&] {
			ns3::Simulator::Stop();
			return NBS_OK;
		});
}

void
nbs_engine_interrupt_flag(struct nbs_engine *engine, const volatile sig_atomic_t *flag)
{
	if (engine != nullptr)
		engine->interrupt = flag;
}

void
nbs_engine_progress(struct nbs_engine *engine, void (*progress)(void *arg), void *arg)
{
	if (engine == nullptr)
		return;
	engine->progress = progress;
	engine->progress_arg = arg;
}

} // extern "C"
