"""Names that sources use for makers, and what a name says of a model."""
import re

# Owners of weights repositories and name spaces of lists -> vendor id.
NAMESPACES = {
    'openai': 'openai', 'anthropic': 'anthropic', 'google': 'google', 'x-ai': 'xai', 'xai': 'xai', 'mistralai': 'mistral',
    'mistral': 'mistral', 'qwen': 'alibaba', 'alibaba': 'alibaba', 'deepseek': 'deepseek', 'deepseek-ai': 'deepseek',
    'moonshotai': 'moonshotai', 'z-ai': 'zhipuai', 'zai-org': 'zhipuai', 'zhipuai': 'zhipuai', 'minimax': 'minimax',
    'minimaxai': 'minimax', 'stepfun': 'stepfun', 'stepfun-ai': 'stepfun', 'tencent': 'tencent', 'xiaomi': 'xiaomi',
    'xiaomimimo': 'xiaomi', 'meta-llama': 'meta', 'meta': 'meta', 'nvidia': 'nvidia', 'cohere': 'cohere',
    'coherelabs': 'cohere', 'amazon': 'amazon', 'microsoft': 'microsoft', 'baidu': 'baidu', 'bytedance': 'bytedance',
    'bytedance-seed': 'bytedance', 'ibm-granite': 'ibm', 'ai21': 'ai21', 'ai21labs': 'ai21', 'perplexity': 'perplexity',
    'allenai': 'ai2', 'upstage': 'upstage', 'writer': 'writer', 'inception': 'inception', 'poolside': 'poolside',
    'rekaai': 'reka', 'morph': 'morph', 'sakana': 'sakana', 'sarvam': 'sarvam', 'inclusionai': 'antgroup',
    'meituan': 'meituan', 'meituan-longcat': 'meituan', 'kwaipilot': 'kuaishou', 'nousresearch': 'nous-research',
    'arcee-ai': 'arcee', 'thinkingmachines': 'thinking-machines', 'deepcogito': 'deep-cogito', 'nex-agi': 'nex-agi',
    'aion-labs': 'aion-labs', 'relace': 'relace', 'perceptron': 'perceptron', 'thedrummer': 'thedrummer', 'sao10k': 'sao10k',
    'anthracite-org': 'anthracite', 'undi95': 'undi95', 'gryphe': 'gryphe', 'mancer': 'mancer', 'deepreinforce': 'deepreinforce',
    'cognitivecomputations': 'dolphin', 'liquid': 'liquid',
}
# Labs that keep the weights of all models that match.
PROPRIETARY = [('openai', r'(gpt-(?!oss)|o\d|chatgpt|codex|computer-use|dall-e|tts-|text-|omni-|davinci|babbage|sora)'),
               ('anthropic', r'claude'), ('google', r'(gemini|imagen|veo|lyria|chirp)'), ('perplexity', r'sonar'),
               ('xai', r'grok-([3-9]|code|build)'), ('amazon', r'(nova|titan)')]
# First-party provider labels of LiteLLM -> vendor id. A key of these is a model of that vendor.
FIRST_PARTY = {'openai': 'openai', 'text-completion-openai': 'openai', 'anthropic': 'anthropic', 'gemini': 'google',
               'xai': 'xai', 'mistral': 'mistral', 'cohere': 'cohere', 'cohere_chat': 'cohere', 'voyage': 'voyage',
               'moonshot': 'moonshotai', 'zai': 'zhipuai', 'minimax': 'minimax', 'deepseek': 'deepseek', 'ai21': 'ai21',
               'perplexity': 'perplexity', 'dashscope': 'alibaba', 'vertex_ai-language-models': 'google'}
NOT_MODELS = re.compile(r'(^ft:|/|container|search$|preset|prebuilt|^auto)')
BEDROCK = re.compile(r'^(amazon|ai21|cohere|writer|twelvelabs)\.(.+)$')
BEDROCK_AREA = re.compile(r'^(us-gov|us|eu|apac|global|au|jp|ca)\.')
TASKS = {'chat': 'chat', 'responses': 'chat', 'completion': 'completion', 'embedding': 'embedding', 'rerank': 'rerank',
         'image_generation': 'image-generation', 'audio_transcription': 'audio-transcription', 'audio_speech': 'audio-speech',
         'moderation': 'guardrail', 'video_generation': 'video-generation', 'ocr': 'ocr', 'realtime': 'realtime'}
# Names that move on from model to model. Lists tie them to the weights of a day.
FLOATING = re.compile(r'(.*-latest|deepseek-chat|deepseek-reasoner)$')
# What a version adds to the name of its line: a date, a number of the release, a preview, a moving alias, a faster service.
DATE = r'(20\d\d-\d\d-\d\d|20\d{6}|\d{4}|\d\d-20\d\d|\d\d-\d\d|00\d)'
# In the order in which they are tried: the longer line first.
VERSIONS = [re.compile(r'(?P<line>.+?)-' + DATE + '$'), re.compile(r'(?P<line>.+)-(latest|highspeed|lightning)$'),
            re.compile(r'(?P<line>claude-.+)-fast$'),
            re.compile(r'(?P<line>.+?)-(preview|exp|beta|experimental)(-' + DATE + ')?$')]
FULL_DATE = re.compile(r'-(20\d\d)-?(\d\d)-?(\d\d)$')
EPOCH_ORGS = {'OpenAI': 'openai', 'Anthropic': 'anthropic', 'Google': 'google', 'Google DeepMind': 'google', 'Meta AI': 'meta',
              'Microsoft': 'microsoft', 'Mistral AI': 'mistral', 'Alibaba': 'alibaba', 'DeepSeek': 'deepseek', 'Moonshot': 'moonshotai',
              'Z.ai (Zhipu AI)': 'zhipuai', 'MiniMax': 'minimax', 'Tencent': 'tencent', 'Baidu': 'baidu', 'ByteDance': 'bytedance',
              'NVIDIA': 'nvidia', 'IBM': 'ibm', 'Cohere': 'cohere', 'AI21 Labs': 'ai21', 'xAI': 'xai', 'Amazon': 'amazon',
              'Apple': 'apple', 'Upstage': 'upstage', 'LG AI Research': 'lg', 'NAVER': 'naver', 'Technology Innovation Institute': 'tii',
              '01.AI': '01ai', 'Baichuan': 'baichuan', 'Shanghai AI Lab': 'shanghaiailab', 'Allen Institute for AI': 'ai2',
              'Reka AI': 'reka', 'Inflection AI': None, 'Stability AI': 'stability', 'Databricks': 'databricks',
              'Snowflake': 'snowflake', 'Aleph Alpha': 'aleph-alpha', 'EleutherAI': 'eleutherai', 'Sber': 'sber', 'Yandex': 'yandex',
              'Huawei': 'huawei', 'Xiaomi': 'xiaomi', 'StepFun': 'stepfun', 'Liquid': 'liquid', 'Kunlun Inc.': 'skywork'}
EPOCH_OPEN = 'Open weights'
